#include "store/checkpoint.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <rocksdb/utilities/checkpoint.h>

#include "store/posix_file.hpp"
#include "store/rocks_options.hpp"
#include "store/store_meta.hpp"

namespace gossamer::store {
namespace {

bool is_table(std::string_view name) {
  constexpr std::string_view kSuffix = ".sst";
  return name.size() > kSuffix.size() && name.substr(name.size() - kSuffix.size()) == kSuffix;
}

class FileSource final : public ByteSource {
 public:
  FileSource(std::string path, std::uint64_t size) : path_(std::move(path)), size_(size) {}

  std::uint64_t size() const override { return size_; }

  Result<void> read(std::uint64_t offset, std::span<std::uint8_t> into) override {
    if (!file_.is_open()) {
      Result<FileDescriptor> opened = open_file(path_, O_RDONLY);
      if (!opened) return tl::unexpected<Error>(opened.error());
      file_ = std::move(*opened);
    }
    return read_exactly(file_, path_, offset, into);
  }

 private:
  const std::string path_;
  const std::uint64_t size_;
  FileDescriptor file_;
};

}  // namespace

Result<journal::ManifestFile> HashCache::describe(const std::string& folder,
                                                  const std::string& name) {
  const std::string path = folder + "/" + name;
  const Result<FileStatus> status = file_status(path);
  if (!status) return tl::unexpected<Error>(status.error());
  const auto found = known_.find(name);
  if (found != known_.end() && found->second.size == status->size &&
      found->second.inode == status->inode && found->second.modified_ns == status->modified_ns) {
    found->second.is_used = true;
    return journal::ManifestFile{name, {}, status->size, found->second.hash};
  }
  const Result<HashedFile> hashed = hash_file(path);
  if (!hashed) return tl::unexpected<Error>(hashed.error());
  if (is_table(name)) {
    known_[name] = {hashed->size, status->inode, status->modified_ns, hashed->hash, true};
  }
  return journal::ManifestFile{name, {}, hashed->size, hashed->hash};
}

void HashCache::forget_unused() {
  for (auto it = known_.begin(); it != known_.end();) {
    if (it->second.is_used) {
      it->second.is_used = false;
      ++it;
    } else {
      it = known_.erase(it);
    }
  }
}

Result<journal::CheckpointState> take_checkpoint(Database& database, const std::string& path,
                                                 HashCache& hashes,
                                                 const std::atomic<bool>& stopped) {
  rocksdb::Checkpoint* made = nullptr;
  rocksdb::Status status = rocksdb::Checkpoint::Create(&database.rocks(), &made);
  const std::unique_ptr<rocksdb::Checkpoint> checkpoint{made};
  if (status.ok()) status = checkpoint->CreateCheckpoint(path);
  if (!status.ok()) return tl::unexpected<Error>(rocks_error(status, "checkpoint to " + path));

  journal::CheckpointState state;
  const Result<std::vector<std::string>> names = list_files(path);
  if (!names) return tl::unexpected<Error>(names.error());
  for (const std::string& name : *names) {
    if (stopped) return fail(ErrorCode::cancelled, "the store was closed during its checkpoint");
    Result<journal::ManifestFile> file = hashes.describe(path, name);
    if (!file) return tl::unexpected<Error>(file.error());
    state.files.push_back(std::move(*file));
  }
  hashes.forget_unused();

  // Commits went on between the flush and the copy of the log: only the files know how many.
  const Result<std::unique_ptr<Database>> opened = Database::open_read_only(path);
  if (!opened) return tl::unexpected<Error>(opened.error());
  const Result<StoreMeta> meta = read_meta(**opened);
  if (!meta) return tl::unexpected<Error>(meta.error());
  state.sequence = meta->sequence;
  return state;
}

std::shared_ptr<ByteSource> make_file_source(std::string path, std::uint64_t size) {
  return std::make_shared<FileSource>(std::move(path), size);
}

}  // namespace gossamer::store
