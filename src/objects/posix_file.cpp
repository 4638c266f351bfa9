#include "objects/posix_file.hpp"

#include <fcntl.h>
#include <sys/random.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <system_error>

#include "base/assert.hpp"
#include "base/hash.hpp"

namespace gossamer::objects {

FileDescriptor::~FileDescriptor() {
  if (number_ >= 0) ::close(number_);
}

int open_file(const std::string& path, int flags, FileDescriptor& into) {
  int number = -1;
  do {
    number = ::open(path.c_str(), flags | O_CLOEXEC, 0666);
  } while (number < 0 && errno == EINTR);
  if (number < 0) return errno;
  into = FileDescriptor{number};
  return 0;
}

int write_all(const FileDescriptor& file, ByteView bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(file.number(), bytes.data(), bytes.size());
    if (written < 0) {
      if (errno == EINTR) continue;
      return errno;
    }
    bytes = bytes.subspan(static_cast<std::size_t>(written));
  }
  return 0;
}

int read_at(const FileDescriptor& file, std::uint64_t offset, std::span<std::uint8_t> into,
            std::size_t& count) {
  count = 0;
  while (count < into.size()) {
    const ssize_t got = ::pread(file.number(), into.data() + count, into.size() - count,
                                static_cast<off_t>(offset + count));
    if (got < 0) {
      if (errno == EINTR) continue;
      return errno;
    }
    if (got == 0) break;
    count += static_cast<std::size_t>(got);
  }
  return 0;
}

int sync_file(const FileDescriptor& file) {
  int result = 0;
  do {
    result = ::fsync(file.number());
  } while (result != 0 && errno == EINTR);
  return result == 0 ? 0 : errno;
}

int sync_directory(const std::string& path) {
  FileDescriptor directory;
  if (const int error = open_file(path, O_RDONLY | O_DIRECTORY, directory)) return error;
  return sync_file(directory);
}

std::string errno_text(int error) {
  return std::generic_category().message(error);
}

std::string random_name() {
  std::array<std::uint8_t, kRandomNameBytes / 2> bytes{};
  std::size_t have = 0;
  while (have < bytes.size()) {
    const ssize_t got = ::getrandom(bytes.data() + have, bytes.size() - have, 0);
    if (got < 0 && errno == EINTR) continue;
    GOSSAMER_ASSERT(got > 0);
    have += static_cast<std::size_t>(got);
  }
  return to_hex(bytes);
}

}  // namespace gossamer::objects
