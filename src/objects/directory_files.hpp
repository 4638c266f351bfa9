#pragma once

#include <atomic>
#include <mutex>
#include <optional>
#include <set>
#include <string>

#include "gossamer/ports/object_store.hpp"

namespace gossamer::objects {

/// Objects as files under one directory; the blocking half of the directory store.
///
/// A new object is a synced temporary file that link(2) gives its name, so it is whole or not
/// there, and of racing creates one wins; on NFS too. Keys were checked by the caller.
///
/// **Threads**: any. `stopped` ends a transfer between two chunks, as unknown.
class DirectoryFiles {
 public:
  /// Not part of any key: the names in it never appear in a list.
  static constexpr std::string_view kTemporaryFolder = ".tmp";
  static constexpr std::size_t kChunkBytes = 256 * 1024;

  explicit DirectoryFiles(std::string root) : root_(std::move(root)) {}

  /// Makes what is missing, tries to write, removes temporary files of ours that are older than an
  /// hour.
  /// Errors: permission_denied, io (not a directory, too).
  Result<void> prepare();

  ObjectResult get(const std::string& key, std::optional<ObjectStore::Range> range, ByteSink& sink,
                   const std::atomic<bool>& stopped);
  ObjectResult create(const std::string& key, ByteSource& source, const std::atomic<bool>& stopped);
  ObjectResult put(const std::string& key, ByteSource& source, const std::atomic<bool>& stopped);
  ObjectResult remove(const std::string& key);
  ObjectListing list(const std::string& prefix, const std::string& after, std::size_t limit,
                     const std::atomic<bool>& stopped);

 private:
  class Temporary;
  Result<void> prepare_temporary_folder();
  std::string path_of(const std::string& key) const { return root_ + "/" + key; }
  std::string folder_of(const std::string& key) const;
  std::optional<ObjectResult> write_temporary(Temporary& temporary, ByteSource& source,
                                              const std::atomic<bool>& stopped);
  std::optional<ObjectResult> make_folders(const std::string& key);
  void forget_folder(const std::string& folder);
  ObjectResult link(const Temporary& temporary, const std::string& key);

  const std::string root_;
  std::mutex mutex_;
  std::set<std::string> synced_folders_;  ///< Known to survive a crash, with all above them.
};

}  // namespace gossamer::objects
