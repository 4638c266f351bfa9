#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "base/hash.hpp"
#include "gossamer/result.hpp"

// Files and folders of the local disk, each call ending in a sentence that names the path and
// carries the operating system's words. All block.

namespace gossamer::store {

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
Result<FileDescriptor> open_file(const std::string& path, int flags, unsigned mode = 0600);
Result<void> write_all(const FileDescriptor& file, const std::string& path, ByteView bytes);
/// Fills all of `into`, or fails.
Result<void> read_exactly(const FileDescriptor& file, const std::string& path, std::uint64_t offset,
                          std::span<std::uint8_t> into);
/// Errors: io, resource_exhausted (more than `bytes_max`), not_found.
Result<Bytes> read_small_file(const std::string& path, std::size_t bytes_max);

Result<void> sync_file(const FileDescriptor& file, const std::string& path);
/// A file or a folder.
Result<void> sync_path(const std::string& path);

struct FileStatus {
  std::uint64_t size = 0;
  std::uint64_t inode = 0;
  std::int64_t modified_ns = 0;
  std::uint32_t mode = 0;  ///< Permission bits.
  bool is_folder = false;
  bool is_regular = false;
};
Result<FileStatus> file_status(const std::string& path);

bool path_exists(const std::string& path);
/// Makes the folder (0700) and syncs it into its parent; being there already is fine.
Result<void> make_folder(const std::string& path);
/// Renames within one folder, and syncs that.
Result<void> rename_durably(const std::string& from, const std::string& to);
/// Being absent is fine.
Result<void> remove_tree(const std::string& path);
/// Names of the regular files in it, sorted; a folder in it is an error.
Result<std::vector<std::string>> list_files(const std::string& path);
/// Of a whole file, and its size.
struct HashedFile {
  ContentHash hash{};
  std::uint64_t size = 0;
};
Result<HashedFile> hash_file(const std::string& path);

/// `name` is one part of a path: no slash, not `.` or `..`, only harmless characters.
bool is_plain_file_name(std::string_view name);

}  // namespace gossamer::store
