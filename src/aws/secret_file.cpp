#include "aws/secret_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <openssl/crypto.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <system_error>
#include <utility>

#include "transport/file_descriptor.hpp"

namespace gossamer::aws {
namespace {

constexpr std::size_t kTokenBytesMax = 64 * 1024;

tl::unexpected<Error> cannot_read(const std::string& path, int error) {
  return fail(
      error == EACCES ? ErrorCode::permission_denied : ErrorCode::io,
      fmt::format("cannot read file '{}': {}", path, std::generic_category().message(error)));
}

}  // namespace

Result<std::optional<Secret>> read_secret_file(const std::string& path, std::size_t bytes_max) {
  // Non-blocking, so that a pipe is refused instead of waited for.
  const FileDescriptor file{open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)};
  if (!file.is_open()) {
    if (errno == ENOENT || errno == ENOTDIR) return std::nullopt;
    return cannot_read(path, errno);
  }
  struct stat status {};
  if (fstat(file.get(), &status) != 0) return cannot_read(path, errno);
  if (!S_ISREG(status.st_mode)) {
    return fail(ErrorCode::invalid_argument,
                fmt::format("cannot read '{}': not a regular file", path));
  }
  const auto stated = static_cast<std::size_t>(std::max<off_t>(status.st_size, 0));
  // A byte more than is said, to see the end; files that say nothing (in /proc) grow.
  std::string text(std::min(std::max<std::size_t>(stated, 4095), bytes_max) + 1, '\0');
  std::size_t size = 0;
  for (;;) {
    if (size == text.size()) {
      if (size > bytes_max) break;
      std::string larger(std::min(size * 2, bytes_max + 1), '\0');
      std::copy(text.begin(), text.end(), larger.begin());
      OPENSSL_cleanse(text.data(), text.size());
      text = std::move(larger);
    }
    const ssize_t count = read(file.get(), text.data() + size, text.size() - size);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return cannot_read(path, errno);
    if (count == 0) break;
    size += static_cast<std::size_t>(count);
  }
  if (size > bytes_max) {
    OPENSSL_cleanse(text.data(), text.size());
    return fail(
        ErrorCode::resource_exhausted,
        fmt::format("file '{}' has more than {} bytes: is it the right one?", path, bytes_max));
  }
  text.resize(size);
  return Secret{std::move(text)};
}

Result<Secret> read_token_file(const std::string& path) {
  Result<std::optional<Secret>> file = read_secret_file(path, kTokenBytesMax);
  if (!file) return tl::unexpected<Error>(std::move(file.error()));
  if (!*file) {
    return fail(ErrorCode::not_found, fmt::format("there is no file '{}'", path));
  }
  constexpr std::string_view kBlank = " \t\r\n";
  std::string_view token = (*file)->reveal();
  const std::size_t first = token.find_first_not_of(kBlank);
  if (first == std::string_view::npos) {
    return fail(ErrorCode::corrupted, fmt::format("file '{}' holds no token: it is empty", path));
  }
  token = token.substr(first, token.find_last_not_of(kBlank) - first + 1);
  // It goes into a header or a form, where a line break would be the start of another.
  if (std::any_of(token.begin(), token.end(),
                  [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; })) {
    return fail(ErrorCode::corrupted,
                fmt::format("file '{}' holds no token: there are control characters in it", path));
  }
  return Secret{std::string{token}};
}

}  // namespace gossamer::aws
