#include "store/identity_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sodium.h>

#include <algorithm>

#include "store/posix_file.hpp"

namespace gossamer::store {

Result<std::optional<IdentitySeed>> read_identity(const std::string& path) {
  const Result<FileStatus> status = file_status(path);
  if (!status && status.error().code == ErrorCode::not_found) {
    return std::optional<IdentitySeed>{};
  }
  if (!status) return tl::unexpected<Error>(status.error());
  if (!status->is_regular) {
    return fail(ErrorCode::corrupted,
                fmt::format("the identity key {} is {}, not a file of {} bytes", path,
                            status->is_folder ? "a folder" : "a link, a pipe or a device",
                            IdentitySeed{}.size()));
  }
  if ((status->mode & 077U) != 0) {
    return fail(ErrorCode::permission_denied,
                fmt::format("the identity key {} has mode {:04o}, others could use it: chmod 600",
                            path, status->mode));
  }
  const Result<Bytes> bytes = read_small_file(path, 1024);
  if (!bytes && bytes.error().code == ErrorCode::io) {
    return fail(ErrorCode::io, "the identity key cannot be read: " + bytes.error().detail);
  }
  IdentitySeed seed{};
  if (!bytes || bytes->size() != seed.size()) {
    return fail(ErrorCode::corrupted,
                fmt::format("the identity key {} does not have {} bytes", path, seed.size()));
  }
  std::copy(bytes->begin(), bytes->end(), seed.begin());
  return std::optional<IdentitySeed>{seed};
}

Result<IdentitySeed> make_identity(const std::string& path) {
  if (sodium_init() < 0) return fail(ErrorCode::io, "libsodium cannot be started");
  IdentitySeed seed{};
  randombytes_buf(seed.data(), seed.size());
  const std::string fresh = path + ".new";
  if (Result<void> removed = remove_tree(fresh); !removed) {
    return tl::unexpected<Error>(removed.error());
  }
  const Result<FileDescriptor> file = open_file(fresh, O_WRONLY | O_CREAT | O_EXCL, 0600);
  if (!file) return tl::unexpected<Error>(file.error());
  const Result<void> written =
      write_all(*file, fresh, seed).and_then([&] { return sync_file(*file, fresh); }).and_then([&] {
        return rename_durably(fresh, path);
      });
  if (!written) return tl::unexpected<Error>(written.error());
  return seed;
}

}  // namespace gossamer::store
