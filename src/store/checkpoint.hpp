#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <string>

#include "gossamer/ports/object_store.hpp"
#include "journal/entry.hpp"
#include "store/database.hpp"

namespace gossamer::store {

/// Hashes of table files, which never change: a file of the same name, size, inode and time is the
/// same. One step at a time.
class HashCache {
 public:
  /// Errors: io, not_found.
  Result<journal::ManifestFile> describe(const std::string& folder, const std::string& name);
  /// Forgets what was not described since the last call.
  void forget_unused();

 private:
  struct Known {
    std::uint64_t size = 0;
    std::uint64_t inode = 0;
    std::int64_t modified_ns = 0;
    ContentHash hash{};
    bool is_used = false;
  };
  std::map<std::string, Known> known_;
};

/// Flushes, makes hard links of the store's files in the new folder `path`, and describes them. The
/// store goes on meanwhile; the sequence is read from the checkpoint, so it is what its files hold.
/// Blocks. Errors: io, corrupted, cancelled (`stopped`).
Result<journal::CheckpointState> take_checkpoint(Database& database, const std::string& path,
                                                 HashCache& hashes,
                                                 const std::atomic<bool>& stopped);

/// A file of a checkpoint, opened when it is first read.
std::shared_ptr<ByteSource> make_file_source(std::string path, std::uint64_t size);

}  // namespace gossamer::store
