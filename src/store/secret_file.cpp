#include "store/secret_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>

#include "store/posix_file.hpp"

namespace gossamer::store {

Result<std::optional<Bytes>> read_secret_file(const std::string& path, std::string_view what,
                                              std::size_t bytes_max) {
  const Result<FileStatus> status = file_status(path);
  if (!status && status.error().code == ErrorCode::not_found) return std::optional<Bytes>{};
  if (!status) return tl::unexpected<Error>(status.error());
  if (!status->is_regular) {
    return fail(ErrorCode::corrupted,
                fmt::format("{} {} is {}, not a file", what, path,
                            status->is_folder ? "a folder" : "a link, a pipe or a device"));
  }
  if ((status->mode & 077U) != 0) {
    return fail(ErrorCode::permission_denied,
                fmt::format("{} {} has mode {:04o}, others could use it: chmod 600", what, path,
                            status->mode));
  }
  Result<Bytes> bytes = read_small_file(path, bytes_max);
  if (!bytes && bytes.error().code == ErrorCode::io) {
    return fail(ErrorCode::io, fmt::format("{} cannot be read: {}", what, bytes.error().detail));
  }
  if (!bytes) {
    return fail(ErrorCode::corrupted,
                fmt::format("{} {} is longer than {} bytes", what, path, bytes_max));
  }
  return std::optional<Bytes>{std::move(*bytes)};
}

Result<void> write_secret_file(const std::string& path, ByteView secret) {
  const std::string fresh = path + ".new";
  if (Result<void> removed = remove_tree(fresh); !removed) return removed;
  const Result<FileDescriptor> file = open_file(fresh, O_WRONLY | O_CREAT | O_EXCL, 0600);
  if (!file) return tl::unexpected<Error>(file.error());
  return write_all(*file, fresh, secret)
      .and_then([&] { return sync_file(*file, fresh); })
      .and_then([&] { return rename_durably(fresh, path); });
}

}  // namespace gossamer::store
