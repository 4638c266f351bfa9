#pragma once

#include <span>
#include <string>
#include <utility>

#include "gossamer/bytes.hpp"

// The few system calls that the directory store makes, with EINTR handled. Each gives 0 or errno.

namespace gossamer::objects {

/// Owns an open file; -1 is none.
class FileDescriptor {
 public:
  FileDescriptor() = default;
  explicit FileDescriptor(int number) : number_(number) {}
  FileDescriptor(FileDescriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  FileDescriptor& operator=(FileDescriptor&& other) noexcept {
    std::swap(number_, other.number_);
    return *this;
  }
  ~FileDescriptor();

  int number() const { return number_; }
  bool is_open() const { return number_ >= 0; }

 private:
  int number_ = -1;
};

/// `flags` as of open(2); O_CLOEXEC is added.
int open_file(const std::string& path, int flags, FileDescriptor& into);
int write_all(const FileDescriptor& file, ByteView bytes);
/// Reads up to `into.size()` bytes at `offset`; fewer only at the end of the file.
int read_at(const FileDescriptor& file, std::uint64_t offset, std::span<std::uint8_t> into,
            std::size_t& count);
int sync_file(const FileDescriptor& file);
int sync_directory(const std::string& path);

std::string errno_text(int error);
inline constexpr std::size_t kRandomNameBytes = 32;
/// 32 hex digits from the kernel's entropy: unique among all hosts that share a directory.
std::string random_name();

}  // namespace gossamer::objects
