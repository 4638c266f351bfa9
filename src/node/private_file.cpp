// Small files that hold secrets.

#include "node/private_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "base/assert.hpp"
#include "transport/file_descriptor.hpp"

namespace gossamer::node {
namespace {

tl::unexpected<Error> failed(std::string_view what, const std::string& path, int error) {
  return fail(error == ENOENT   ? ErrorCode::not_found
              : error == EEXIST ? ErrorCode::already_exists
                                : ErrorCode::io,
              fmt::format("{} {}: {}", what, path, std::strerror(error)));
}

Result<void> write_synced(const std::string& path, std::string_view text) {
  const FileDescriptor file{::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600)};
  if (!file.is_open()) return failed("cannot create", path, errno);
  std::size_t written = 0;
  while (written < text.size()) {
    const ssize_t count = ::write(file.get(), text.data() + written, text.size() - written);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return failed("cannot write", path, errno);
    written += static_cast<std::size_t>(count);
  }
  if (::fsync(file.get()) != 0) return failed("cannot sync", path, errno);
  return {};
}

Result<void> sync_folder_of(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  const std::string folder = slash == std::string::npos ? "." : path.substr(0, slash + 1);
  const FileDescriptor opened{::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
  if (!opened.is_open() || ::fsync(opened.get()) != 0) return failed("cannot sync", folder, errno);
  return {};
}

}  // namespace

Result<void> create_private_file(const std::string& path, std::string_view text) {
  const std::string temporary = fmt::format("{}.{}.new", path, ::getpid());
  if (auto written = write_synced(temporary, text); !written) {
    ::unlink(temporary.c_str());
    return written;
  }
  // Unlike rename, link never replaces.
  const int rc = ::link(temporary.c_str(), path.c_str());
  const int error = errno;
  ::unlink(temporary.c_str());
  if (rc != 0) return failed("cannot create", path, error);
  return sync_folder_of(path);
}

Result<std::string> read_private_file(const std::string& path, std::size_t bytes_max) {
  // Without O_NONBLOCK a pipe would keep us until somebody writes to it.
  const FileDescriptor file{::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC)};
  if (!file.is_open()) return failed("cannot read", path, errno);
  struct stat found {};
  if (::fstat(file.get(), &found) != 0) return failed("cannot read", path, errno);
  if (S_ISDIR(found.st_mode)) return fail(ErrorCode::io, fmt::format("{} is a folder", path));
  if (!S_ISREG(found.st_mode)) return fail(ErrorCode::io, fmt::format("{} is not a file", path));
  if ((found.st_mode & 077) != 0) {
    return fail(ErrorCode::permission_denied,
                fmt::format("{} may be read by others (mode {:04o}); say: chmod 600 {}", path,
                            found.st_mode & 07777, path));
  }
  std::string text;
  text.resize(bytes_max + 1);
  std::size_t length = 0;
  while (length < text.size()) {
    const ssize_t count = ::read(file.get(), text.data() + length, text.size() - length);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return failed("cannot read", path, errno);
    if (count == 0) break;
    length += static_cast<std::size_t>(count);
  }
  if (length > bytes_max) {
    return fail(ErrorCode::resource_exhausted,
                fmt::format("{} is longer than {} bytes", path, bytes_max));
  }
  text.resize(length);
  return text;
}

Bytes draw_random_bytes(std::size_t count) {
  Bytes bytes(count);
  std::size_t drawn = 0;
  while (drawn < count) {
    const ssize_t got = ::getrandom(bytes.data() + drawn, count - drawn, 0);
    GOSSAMER_ASSERT(got > 0 || errno == EINTR);
    if (got > 0) drawn += static_cast<std::size_t>(got);
  }
  return bytes;
}

Result<Bytes> parse_hex(std::string_view text, std::size_t count) {
  const auto digit = [](char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    return -1;
  };
  const auto refused = [&] {
    return fail(ErrorCode::corrupted, fmt::format("not {} hex digits", 2 * count));
  };
  if (text.size() != 2 * count) return refused();
  Bytes bytes(count);
  for (std::size_t i = 0; i < count; ++i) {
    const int high = digit(text[2 * i]);
    const int low = digit(text[2 * i + 1]);
    if (high < 0 || low < 0) return refused();
    bytes[i] = static_cast<std::uint8_t>(high * 16 + low);
  }
  return bytes;
}

}  // namespace gossamer::node
