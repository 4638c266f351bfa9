// Lists the keys under a prefix in byte order, one page at a time. Looks only into folders that can
// hold such keys, and keeps no more names of a folder than the page can take.

#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <memory>

#include "objects/directory_files.hpp"
#include "objects/object_key.hpp"
#include "objects/posix_file.hpp"

namespace gossamer::objects {
namespace {

using Directory = std::unique_ptr<DIR, int (*)(DIR*)>;

struct Walk {
  const std::string& root;
  const std::string& prefix;
  const std::string& after;
  std::size_t keys_max;  ///< One more than the page holds, to learn whether it is the last.
  const std::atomic<bool>& stopped;
  std::vector<std::string> keys{};
  std::string failure{};
  bool is_refused = false;

  bool is_over() const { return keys.size() >= keys_max || !failure.empty(); }
};

bool begins_with(std::string_view text, std::string_view begin) {
  return text.substr(0, begin.size()) == begin;
}

// A folder's name ends in a slash here: then the order of names is the order of the keys below
// them.
bool is_folder(std::string_view name) {
  return !name.empty() && name.back() == '/';
}

bool may_hold_keys(const Walk& walk, std::string_view name) {
  if (!is_folder(name)) return name > walk.after && begins_with(name, walk.prefix);
  if (name == std::string{DirectoryFiles::kTemporaryFolder} + "/") return false;
  if (!begins_with(name, walk.prefix) && !begins_with(walk.prefix, name)) return false;
  return name > walk.after || begins_with(walk.after, name);
}

// The full name of an entry; empty if it is neither an object nor a folder of objects.
std::string name_of(DIR* directory, const dirent& entry, const std::string& folder) {
  std::string name = folder + entry.d_name;
  if (!key_fault(name).empty()) return {};
  unsigned char type = entry.d_type;
  if (type == DT_UNKNOWN) {
    struct stat status {};
    if (::fstatat(::dirfd(directory), entry.d_name, &status, AT_SYMLINK_NOFOLLOW) != 0) return {};
    type = S_ISDIR(status.st_mode) ? DT_DIR : S_ISREG(status.st_mode) ? DT_REG : DT_UNKNOWN;
  }
  if (type == DT_DIR) return name + "/";
  return type == DT_REG ? name : std::string{};
}

struct Names {
  std::vector<std::string> smallest{};  ///< Sorted.
  bool is_all = true;
};

// The `count_max` smallest names in the folder that are greater than `above` and may hold keys.
Names read_names(Walk& walk, const std::string& folder, const std::string& above,
                 std::size_t count_max) {
  Names names;
  const std::string path = walk.root + "/" + folder;
  const Directory directory{::opendir(path.c_str()), &::closedir};
  if (!directory) {
    if (errno == ENOENT || errno == ENOTDIR) return names;
    walk.is_refused = errno == EACCES || errno == EPERM;
    walk.failure = fmt::format("list {}: {}", path, errno_text(errno));
    return names;
  }
  for (;;) {
    if (walk.stopped) walk.failure = "the object store was closed";
    if (!walk.failure.empty()) return names;
    errno = 0;
    const dirent* entry = ::readdir(directory.get());
    if (entry == nullptr) break;
    std::string name = name_of(directory.get(), *entry, folder);
    if (name.empty() || name <= above || !may_hold_keys(walk, name)) continue;
    names.smallest.push_back(std::move(name));
    std::push_heap(names.smallest.begin(), names.smallest.end());
    if (names.smallest.size() > count_max) {
      std::pop_heap(names.smallest.begin(), names.smallest.end());
      names.smallest.pop_back();
      names.is_all = false;
    }
  }
  if (errno != 0) walk.failure = fmt::format("list {}: {}", path, errno_text(errno));
  std::sort_heap(names.smallest.begin(), names.smallest.end());
  return names;
}

// `folder` is empty or ends in a slash. Keys hold at most 256 slashes, and so deep goes this.
void walk_folder(Walk& walk, const std::string& folder) {
  std::string above;
  while (!walk.is_over()) {
    const Names names = read_names(walk, folder, above, walk.keys_max);
    for (const std::string& name : names.smallest) {
      if (walk.is_over()) return;
      if (is_folder(name)) {
        walk_folder(walk, name);
      } else {
        walk.keys.push_back(name);
      }
      above = name;
    }
    // Folders without keys may have taken the places of names that were left out.
    if (names.is_all) return;
  }
}

}  // namespace

ObjectListing DirectoryFiles::list(const std::string& prefix, const std::string& after,
                                   std::size_t limit, const std::atomic<bool>& stopped) {
  limit = std::clamp<std::size_t>(limit, 1, 1000);
  Walk walk{root_, prefix, after, limit + 1, stopped};
  const std::size_t slash = prefix.rfind('/');
  walk_folder(walk, slash == std::string::npos ? "" : prefix.substr(0, slash + 1));
  ObjectListing listing;
  if (!walk.failure.empty()) {
    listing.result = {walk.is_refused ? ObjectOutcome::refused : ObjectOutcome::unknown,
                      walk.failure};
    return listing;
  }
  listing.result.outcome = ObjectOutcome::ok;
  listing.is_last = walk.keys.size() <= limit;
  if (!listing.is_last) walk.keys.pop_back();
  listing.keys = std::move(walk.keys);
  return listing;
}

}  // namespace gossamer::objects
