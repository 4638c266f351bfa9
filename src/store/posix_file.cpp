#include "store/posix_file.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <memory>

namespace gossamer::store {
namespace {

constexpr std::size_t kChunkBytes = 256 * 1024;

tl::unexpected<Error> failed(std::string_view call, const std::string& path, int error) {
  return fail(error == ENOENT ? ErrorCode::not_found : ErrorCode::io,
              fmt::format("{} {}: {}", call, path, std::generic_category().message(error)));
}

std::string parent_of(const std::string& path) {
  return std::filesystem::path{path}.parent_path().string();
}

}  // namespace

FileDescriptor::~FileDescriptor() {
  if (number_ >= 0) ::close(number_);
}

Result<FileDescriptor> open_file(const std::string& path, int flags, unsigned mode) {
  int number = -1;
  do {
    number = ::open(path.c_str(), flags | O_CLOEXEC, mode);
  } while (number < 0 && errno == EINTR);
  if (number < 0) return failed("open", path, errno);
  return FileDescriptor{number};
}

Result<void> write_all(const FileDescriptor& file, const std::string& path, ByteView bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(file.number(), bytes.data(), bytes.size());
    if (written < 0) {
      if (errno == EINTR) continue;
      return failed("write", path, errno);
    }
    bytes = bytes.subspan(static_cast<std::size_t>(written));
  }
  return {};
}

Result<void> read_exactly(const FileDescriptor& file, const std::string& path, std::uint64_t offset,
                          std::span<std::uint8_t> into) {
  while (!into.empty()) {
    const ssize_t got =
        ::pread(file.number(), into.data(), into.size(), static_cast<off_t>(offset));
    if (got < 0) {
      if (errno == EINTR) continue;
      return failed("read", path, errno);
    }
    if (got == 0) return fail(ErrorCode::io, fmt::format("read {}: it is shorter", path));
    offset += static_cast<std::uint64_t>(got);
    into = into.subspan(static_cast<std::size_t>(got));
  }
  return {};
}

Result<Bytes> read_small_file(const std::string& path, std::size_t bytes_max) {
  // A pipe that nobody writes to must not keep us.
  Result<FileDescriptor> file = open_file(path, O_RDONLY | O_NONBLOCK);
  if (!file) return tl::unexpected<Error>(file.error());
  Bytes bytes(bytes_max + 1);
  std::size_t have = 0;
  // Files of /proc and /etc alike: read until the end, whatever their size says.
  while (have < bytes.size()) {
    const ssize_t got = ::read(file->number(), bytes.data() + have, bytes.size() - have);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return failed("read", path, errno);
    if (got == 0) break;
    have += static_cast<std::size_t>(got);
  }
  if (have > bytes_max) {
    return fail(ErrorCode::resource_exhausted,
                fmt::format("{} has more than {} bytes", path, bytes_max));
  }
  bytes.resize(have);
  return bytes;
}

Result<void> sync_file(const FileDescriptor& file, const std::string& path) {
  int result = 0;
  do {
    result = ::fsync(file.number());
  } while (result != 0 && errno == EINTR);
  if (result != 0) return failed("sync", path, errno);
  return {};
}

Result<void> sync_path(const std::string& path) {
  const Result<FileDescriptor> file = open_file(path, O_RDONLY);
  if (!file) return tl::unexpected<Error>(file.error());
  return sync_file(*file, path);
}

Result<FileStatus> file_status(const std::string& path) {
  struct stat status {};
  if (::lstat(path.c_str(), &status) != 0) return failed("stat", path, errno);
  FileStatus result;
  result.size = static_cast<std::uint64_t>(status.st_size);
  result.inode = status.st_ino;
  result.modified_ns = status.st_mtim.tv_sec * 1'000'000'000 + status.st_mtim.tv_nsec;
  result.mode = status.st_mode & 07777U;
  result.is_folder = S_ISDIR(status.st_mode);
  result.is_regular = S_ISREG(status.st_mode);
  return result;
}

bool path_exists(const std::string& path) {
  struct stat status {};
  return ::lstat(path.c_str(), &status) == 0;
}

Result<void> make_folder(const std::string& path) {
  if (::mkdir(path.c_str(), 0700) != 0) {
    if (errno != EEXIST) return failed("mkdir", path, errno);
    struct stat status {};
    if (::stat(path.c_str(), &status) != 0) return failed("stat", path, errno);
    if (!S_ISDIR(status.st_mode)) return failed("mkdir", path, ENOTDIR);
    return {};
  }
  const std::string parent = parent_of(path);
  return sync_path(parent.empty() ? "." : parent);
}

Result<void> rename_durably(const std::string& from, const std::string& to) {
  if (std::rename(from.c_str(), to.c_str()) != 0) return failed("rename", from, errno);
  return sync_path(parent_of(to));
}

Result<void> remove_tree(const std::string& path) {
  std::error_code error;
  std::filesystem::remove_all(path, error);
  if (error) return failed("remove", path, error.value());
  return {};
}

Result<std::vector<std::string>> list_files(const std::string& path) {
  const std::unique_ptr<DIR, int (*)(DIR*)> directory{::opendir(path.c_str()), &::closedir};
  if (!directory) return failed("list", path, errno);
  std::vector<std::string> names;
  for (;;) {
    errno = 0;
    const dirent* entry = ::readdir(directory.get());
    if (entry == nullptr) break;
    const std::string name = entry->d_name;
    if (name == "." || name == "..") continue;
    struct stat status {};
    if (::fstatat(::dirfd(directory.get()), entry->d_name, &status, AT_SYMLINK_NOFOLLOW) != 0) {
      return failed("stat", path + "/" + name, errno);
    }
    if (!S_ISREG(status.st_mode)) {
      return fail(ErrorCode::io, fmt::format("{}/{} is not a file", path, name));
    }
    names.push_back(name);
  }
  if (errno != 0) return failed("list", path, errno);
  std::sort(names.begin(), names.end());
  return names;
}

Result<HashedFile> hash_file(const std::string& path) {
  const Result<FileDescriptor> file = open_file(path, O_RDONLY);
  if (!file) return tl::unexpected<Error>(file.error());
  HashedFile result;
  ContentHasher hasher;
  Bytes chunk(kChunkBytes);
  for (;;) {
    const ssize_t got = ::read(file->number(), chunk.data(), chunk.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return failed("read", path, errno);
    if (got == 0) break;
    hasher.update(ByteView{chunk}.first(static_cast<std::size_t>(got)));
    result.size += static_cast<std::uint64_t>(got);
  }
  result.hash = hasher.finish();
  return result;
}

bool is_plain_file_name(std::string_view name) {
  if (name.empty() || name.size() > 200 || name == "." || name == "..") return false;
  for (const char c : name) {
    const bool allowed = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
                         (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.';
    if (!allowed) return false;
  }
  return true;
}

}  // namespace gossamer::store
