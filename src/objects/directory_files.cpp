#include "objects/directory_files.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <ctime>

#include "objects/posix_file.hpp"

namespace gossamer::objects {
namespace {

constexpr std::size_t kSyncedFoldersMax = 4096;
constexpr std::time_t kLeftoverSeconds = 3600;

std::string sentence(std::string_view call, const std::string& path, int error) {
  return fmt::format("{} {}: {}", call, path, errno_text(error));
}

// A write that the operating system turned down for a reason that trying again will not remove.
bool is_refusal(int error) {
  switch (error) {
    case ENOSPC:
    case EDQUOT:
    case EACCES:
    case EPERM:
    case EROFS:
    case ENAMETOOLONG:
    case ENOTDIR:
    case EISDIR:
    case EFBIG:
    case EOPNOTSUPP: return true;
    default: return false;
  }
}

ObjectResult failed_write(std::string_view call, const std::string& path, int error) {
  return {is_refusal(error) ? ObjectOutcome::refused : ObjectOutcome::unknown,
          sentence(call, path, error)};
}

ObjectResult failed_read(std::string_view call, const std::string& path, int error) {
  if (error == ENOENT || error == ENOTDIR) {
    return {ObjectOutcome::absent, sentence(call, path, error)};
  }
  // What occupies the key without being an object: a link, a socket. A create says that the key is
  // taken, so "absent" would contradict it, and somebody has to look.
  if (error == ELOOP || error == ENXIO) return {ObjectOutcome::refused, path + " is not a file"};
  const bool refused = error == EACCES || error == EPERM || error == ENAMETOOLONG;
  return {refused ? ObjectOutcome::refused : ObjectOutcome::unknown, sentence(call, path, error)};
}

// The name of the place is well-formed, so what fails is the machine's, not the caller's.
ErrorCode place_error(int error) {
  const bool denied = error == EACCES || error == EPERM || error == EROFS;
  return denied ? ErrorCode::permission_denied : ErrorCode::io;
}

// Whether `random_name` may have made it: what else lies in the folder belongs to somebody else.
bool is_random_name(std::string_view name) {
  return name.size() == kRandomNameBytes &&
         name.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

// What writers left in the temporary folder when they were killed.
void remove_leftovers(const FileDescriptor& folder) {
  const int number = ::fcntl(folder.number(), F_DUPFD_CLOEXEC, 0);
  if (number < 0) return;
  DIR* directory = ::fdopendir(number);
  if (directory == nullptr) {
    ::close(number);
    return;
  }
  const std::time_t oldest = std::time(nullptr) - kLeftoverSeconds;
  while (const dirent* entry = ::readdir(directory)) {
    struct stat status {};
    if (is_random_name(entry->d_name) &&
        ::fstatat(number, entry->d_name, &status, AT_SYMLINK_NOFOLLOW) == 0 &&
        S_ISREG(status.st_mode) && status.st_mtime < oldest) {
      ::unlinkat(number, entry->d_name, 0);
    }
  }
  ::closedir(directory);
}

ObjectResult stopped_result() {
  return {ObjectOutcome::unknown, "the object store was closed"};
}

}  // namespace

// A file of its own name in the temporary folder, gone when this goes.
class DirectoryFiles::Temporary {
 public:
  explicit Temporary(const std::string& root)
      : path(fmt::format("{}/{}/{}", root, kTemporaryFolder, random_name())) {}
  Temporary(const Temporary&) = delete;
  Temporary& operator=(const Temporary&) = delete;
  ~Temporary() {
    if (is_made) ::unlink(path.c_str());
  }

  const std::string path;
  bool is_made = false;
};

Result<void> DirectoryFiles::prepare() {
  struct stat status {};
  if (::stat(root_.c_str(), &status) != 0) {
    int error = ::mkdir(root_.c_str(), 0777) == 0 || errno == EEXIST ? 0 : errno;
    if (error == 0) error = sync_directory(root_ + "/..");
    if (error != 0) {
      return fail(place_error(error),
                  fmt::format("the object store's directory {} is not there and cannot be made: {}",
                              root_, errno_text(error)));
    }
    if (::stat(root_.c_str(), &status) != 0) {
      return fail(ErrorCode::io, sentence("stat", root_, errno));
    }
  }
  if (!S_ISDIR(status.st_mode)) {
    return fail(ErrorCode::io, fmt::format("the object store {} is not a directory", root_));
  }
  return prepare_temporary_folder();
}

Result<void> DirectoryFiles::prepare_temporary_folder() {
  const std::string path = fmt::format("{}/{}", root_, kTemporaryFolder);
  FileDescriptor folder;
  int error = 0;
  if (::mkdir(path.c_str(), 0777) != 0 && errno != EEXIST) error = errno;
  if (error == 0) {
    error = open_file(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW, folder);
    // A link would lead us to write, and to tidy up, in a folder of somebody else.
    if (error == ENOTDIR || error == ELOOP) {
      return fail(ErrorCode::io, fmt::format("{} is not a folder (a symbolic link is none): the "
                                             "object store keeps its temporary files there",
                                             path));
    }
  }
  if (error == 0) {
    Temporary trial{root_};
    FileDescriptor file;
    error = open_file(trial.path, O_WRONLY | O_CREAT | O_EXCL, file);
    trial.is_made = error == 0;
  }
  if (error != 0) {
    return fail(place_error(error),
                fmt::format("the object store's directory {} is not writable: {}", root_,
                            errno_text(error)));
  }
  remove_leftovers(folder);
  return {};
}

ObjectResult DirectoryFiles::get(const std::string& key, std::optional<ObjectStore::Range> range,
                                 ByteSink& sink, const std::atomic<bool>& stopped) {
  const std::string path = path_of(key);
  FileDescriptor file;
  if (const int error = open_file(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK, file)) {
    return failed_read("open", path, error);
  }
  struct stat status {};
  if (::fstat(file.number(), &status) != 0) return failed_read("stat", path, errno);
  // Keys may begin with the folder's name: of its own it holds nothing.
  if (S_ISDIR(status.st_mode)) return {ObjectOutcome::absent, path + " is a folder of objects"};
  if (!S_ISREG(status.st_mode)) return {ObjectOutcome::refused, path + " is not a file"};

  const auto size = static_cast<std::uint64_t>(status.st_size);
  std::uint64_t at = range ? std::min(range->offset, size) : 0;
  const std::uint64_t wanted = range && range->length != 0 ? range->length : size;
  const std::uint64_t end = at + std::min(wanted, size - at);
  sink.restart();
  Bytes chunk(static_cast<std::size_t>(std::min<std::uint64_t>(end - at, kChunkBytes)));
  while (at < end) {
    if (stopped) return stopped_result();
    const auto length = static_cast<std::size_t>(std::min<std::uint64_t>(end - at, chunk.size()));
    const std::span<std::uint8_t> part{chunk.data(), length};
    std::size_t count = 0;
    if (const int error = read_at(file, at, part, count)) return failed_read("read", path, error);
    if (count < length) return {ObjectOutcome::unknown, path + " became shorter while it was read"};
    if (Result<void> taken = sink.write(part); !taken) {
      return {ObjectOutcome::unknown, fmt::format("{}: {}", key, taken.error().detail)};
    }
    at += count;
  }
  return {ObjectOutcome::ok, {}};
}

std::string DirectoryFiles::folder_of(const std::string& key) const {
  const std::size_t slash = key.rfind('/');
  return slash == std::string::npos ? root_ : root_ + "/" + key.substr(0, slash);
}

std::optional<ObjectResult> DirectoryFiles::write_temporary(Temporary& temporary,
                                                            ByteSource& source,
                                                            const std::atomic<bool>& stopped) {
  FileDescriptor file;
  if (const int error = open_file(temporary.path, O_WRONLY | O_CREAT | O_EXCL, file)) {
    return failed_write("create", temporary.path, error);
  }
  temporary.is_made = true;
  const std::uint64_t size = source.size();
  Bytes chunk(static_cast<std::size_t>(std::min<std::uint64_t>(size, kChunkBytes)));
  for (std::uint64_t at = 0; at < size;) {
    if (stopped) return stopped_result();
    const auto length = static_cast<std::size_t>(std::min<std::uint64_t>(size - at, chunk.size()));
    const std::span<std::uint8_t> part{chunk.data(), length};
    if (Result<void> filled = source.read(at, part); !filled) {
      return ObjectResult{ObjectOutcome::unknown, filled.error().detail};
    }
    if (const int error = write_all(file, part)) {
      return failed_write("write", temporary.path, error);
    }
    at += length;
  }
  if (const int error = sync_file(file)) return failed_write("sync", temporary.path, error);
  return std::nullopt;
}

// Somebody else may have made a folder a moment ago and not have synced it yet: so each is synced
// into its parent once by every process, whoever made it.
std::optional<ObjectResult> DirectoryFiles::make_folders(const std::string& key) {
  const std::string folder = folder_of(key);
  {
    const std::lock_guard lock{mutex_};
    if (synced_folders_.count(folder) != 0) return std::nullopt;
  }
  std::string parent = root_;
  std::size_t begin = 0;
  for (std::size_t slash = key.find('/'); slash != std::string::npos;
       slash = key.find('/', begin)) {
    const std::string made = root_ + "/" + key.substr(0, slash);
    if (::mkdir(made.c_str(), 0777) != 0 && errno != EEXIST) {
      return failed_write("mkdir", made, errno);
    }
    if (const int error = sync_directory(parent)) return failed_write("sync", parent, error);
    parent = made;
    begin = slash + 1;
  }
  const std::lock_guard lock{mutex_};
  if (synced_folders_.size() >= kSyncedFoldersMax) synced_folders_.clear();
  synced_folders_.insert(folder);
  return std::nullopt;
}

void DirectoryFiles::forget_folder(const std::string& folder) {
  const std::lock_guard lock{mutex_};
  synced_folders_.erase(folder);
}

ObjectResult DirectoryFiles::link(const Temporary& temporary, const std::string& key) {
  const std::string path = path_of(key);
  int error = ::link(temporary.path.c_str(), path.c_str()) == 0 ? 0 : errno;
  if (error == EEXIST) {
    struct stat status {};
    // A second link says that ours was made and its answer lost, as NFS does when it repeats.
    if (::stat(temporary.path.c_str(), &status) == 0 && status.st_nlink > 1) error = 0;
  }
  if (error == EEXIST) {
    struct stat status {};
    if (::lstat(path.c_str(), &status) == 0 && S_ISDIR(status.st_mode)) {
      return {ObjectOutcome::refused, path + " is a folder of other objects"};
    }
  } else if (error != 0) {
    return failed_write("link", path, error);
  }
  // When the key is taken, too: who made it may have died before it synced, and what we say now
  // will be relied on.
  const std::string folder = folder_of(key);
  if (const int failed = sync_directory(folder)) {
    return {ObjectOutcome::unknown, sentence("sync", folder, failed)};
  }
  if (error == EEXIST) return {ObjectOutcome::exists, key + " exists"};
  return {ObjectOutcome::ok, {}};
}

ObjectResult DirectoryFiles::create(const std::string& key, ByteSource& source,
                                    const std::atomic<bool>& stopped) {
  Temporary temporary{root_};
  if (auto failed = write_temporary(temporary, source, stopped)) return *failed;
  if (auto failed = make_folders(key)) return *failed;
  if (::access(folder_of(key).c_str(), F_OK) != 0) {
    // Somebody removed the folder behind our back.
    forget_folder(folder_of(key));
    if (auto failed = make_folders(key)) return *failed;
  }
  return link(temporary, key);
}

ObjectResult DirectoryFiles::put(const std::string& key, ByteSource& source,
                                 const std::atomic<bool>& stopped) {
  Temporary temporary{root_};
  if (auto failed = write_temporary(temporary, source, stopped)) return *failed;
  const std::string path = path_of(key);
  const std::string folder = folder_of(key);
  if (auto failed = make_folders(key)) return *failed;
  if (::access(folder.c_str(), F_OK) != 0) {
    forget_folder(folder);
    if (auto failed = make_folders(key)) return *failed;
  }
  if (std::rename(temporary.path.c_str(), path.c_str()) != 0) {
    return failed_write("rename to", path, errno);
  }
  temporary.is_made = false;
  if (const int error = sync_directory(folder)) {
    return {ObjectOutcome::unknown, sentence("sync", folder, error)};
  }
  return {ObjectOutcome::ok, {}};
}

ObjectResult DirectoryFiles::remove(const std::string& key) {
  const std::string path = path_of(key);
  if (::unlink(path.c_str()) != 0) {
    const int error = errno;
    if (error == ENOENT || error == ENOTDIR || error == EISDIR) {
      return {ObjectOutcome::absent, sentence("remove", path, error)};
    }
    return failed_write("remove", path, error);
  }
  const std::string folder = folder_of(key);
  if (const int error = sync_directory(folder)) {
    return {ObjectOutcome::unknown, sentence("sync", folder, error)};
  }
  return {ObjectOutcome::ok, {}};
}

}  // namespace gossamer::objects
