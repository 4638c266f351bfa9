// The node's own RocksDB: default column family for what the driver keeps, `gossamer` for the boot
// counter and the machine's id.

#include <fmt/format.h>
#include <rocksdb/db.h>
#include <rocksdb/options.h>
#include <rocksdb/write_batch.h>

#include <charconv>
#include <deque>
#include <optional>

#include "store/identity_file.hpp"
#include "store/posix_file.hpp"
#include "store/rocks_node_store.hpp"
#include "store/rocks_options.hpp"
#include "store/secret_file.hpp"

namespace gossamer::store {
namespace {

constexpr const char* kBootKey = "boot";
constexpr const char* kMachineKey = "machine_id";
constexpr const char* kKeysFile = "/cluster.keys";
constexpr std::size_t kKeysFileBytesMax = 16 * 1024;
constexpr std::size_t kWaitingBytesMax = 64 * 1024 * 1024;
constexpr std::size_t kCacheBytesMax = 16 * 1024 * 1024;  ///< Waiting; beyond, caching is skipped.
constexpr std::size_t kLoadBytesMax = 256 * 1024 * 1024;

/// The database and its two column families. Any thread.
class NodeDatabase {
 public:
  static Result<std::shared_ptr<NodeDatabase>> open(const std::string& path);
  ~NodeDatabase();
  NodeDatabase(const NodeDatabase&) = delete;
  NodeDatabase& operator=(const NodeDatabase&) = delete;

  Result<std::optional<std::string>> meta(const char* key) const;
  /// Both durably.
  Result<void> write_meta(std::uint64_t boot, const std::string& machine_id);
  Result<std::vector<NodeStore::Write>> load() const;
  Result<void> write(const std::vector<NodeStore::Write>& writes, bool is_synced);

 private:
  explicit NodeDatabase(std::string path) : path_(std::move(path)) {}
  Error error(const rocksdb::Status& status, std::string_view what) const {
    return rocks_error(status, fmt::format("{} the node's store {}", what, path_));
  }

  const std::string path_;
  std::unique_ptr<rocksdb::DB> rocks_;
  std::vector<rocksdb::ColumnFamilyHandle*> columns_;
};

NodeDatabase::~NodeDatabase() {
  if (!rocks_) return;
  for (rocksdb::ColumnFamilyHandle* column : columns_) rocks_->DestroyColumnFamilyHandle(column);
  rocks_->Close().PermitUncheckedError();
}

Result<std::shared_ptr<NodeDatabase>> NodeDatabase::open(const std::string& path) {
  rocksdb::Options options = small_rocks_options();
  // RocksDB takes a folder without its CURRENT file for a new database and clears it. A first start
  // makes CURRENT before it makes any table or log, so with one of them there it was lost.
  options.create_if_missing = true;
  if (path_exists(path) && !path_exists(path + "/CURRENT")) {
    const Result<std::vector<std::string>> names = list_files(path);
    if (!names) return tl::unexpected<Error>(names.error());
    for (const std::string& name : *names) {
      if (name.find(".sst") != std::string::npos || name.ends_with(".log")) {
        return fail(ErrorCode::corrupted,
                    fmt::format("the node's store {} has lost its file CURRENT", path));
      }
    }
  }
  options.create_missing_column_families = true;
  const std::shared_ptr<NodeDatabase> database{new NodeDatabase{path}};
  const std::vector<rocksdb::ColumnFamilyDescriptor> columns{
      {rocksdb::kDefaultColumnFamilyName, rocksdb::ColumnFamilyOptions{options}},
      {"gossamer", rocksdb::ColumnFamilyOptions{options}}};
  rocksdb::DB* rocks = nullptr;
  const rocksdb::Status status =
      rocksdb::DB::Open(rocksdb::DBOptions{options}, path, columns, &database->columns_, &rocks);
  if (is_rocks_lock_error(status)) {
    return fail(
        ErrorCode::already_exists,
        fmt::format("another node is running on the data directory of {}: stop that one, or give "
                    "this one a directory of its own",
                    path));
  }
  if (!status.ok()) return tl::unexpected<Error>(database->error(status, "open"));
  database->rocks_.reset(rocks);
  return database;
}

Result<std::optional<std::string>> NodeDatabase::meta(const char* key) const {
  std::string value;
  const rocksdb::Status status = rocks_->Get(rocksdb::ReadOptions{}, columns_[1], key, &value);
  if (status.IsNotFound()) return std::optional<std::string>{};
  if (!status.ok()) return tl::unexpected<Error>(error(status, "read"));
  return std::optional<std::string>{std::move(value)};
}

Result<void> NodeDatabase::write_meta(std::uint64_t boot, const std::string& machine_id) {
  rocksdb::WriteBatch batch;
  batch.Put(columns_[1], kBootKey, std::to_string(boot)).PermitUncheckedError();
  batch.Put(columns_[1], kMachineKey, machine_id).PermitUncheckedError();
  rocksdb::WriteOptions options;
  options.sync = true;
  const rocksdb::Status status = rocks_->Write(options, &batch);
  if (!status.ok()) return tl::unexpected<Error>(error(status, "write"));
  return {};
}

Result<std::vector<NodeStore::Write>> NodeDatabase::load() const {
  std::vector<NodeStore::Write> all;
  std::size_t bytes = 0;
  const std::unique_ptr<rocksdb::Iterator> it{
      rocks_->NewIterator(rocksdb::ReadOptions{}, columns_[0])};
  for (it->SeekToFirst(); it->Valid() && bytes < kLoadBytesMax; it->Next()) {
    bytes += it->key().size() + it->value().size();
    all.push_back({it->key().ToString(), to_bytes({it->value().data(), it->value().size()})});
  }
  if (!it->status().ok()) return tl::unexpected<Error>(error(it->status(), "read"));
  return all;
}

Result<void> NodeDatabase::write(const std::vector<NodeStore::Write>& writes, bool is_synced) {
  rocksdb::WriteBatch batch;
  for (const NodeStore::Write& write : writes) {
    if (write.value) {
      const std::string_view value = as_text(*write.value);
      batch.Put(columns_[0], write.key, {value.data(), value.size()}).PermitUncheckedError();
    } else {
      batch.Delete(columns_[0], write.key).PermitUncheckedError();
    }
  }
  rocksdb::WriteOptions options;
  options.sync = is_synced;
  const rocksdb::Status status = rocks_->Write(options, &batch);
  if (!status.ok()) return tl::unexpected<Error>(error(status, "write"));
  return {};
}

/// One job at a time takes all that waits, as one batch; in order of the calls.
class RocksNodeStore final : public NodeStore {
 public:
  RocksNodeStore(std::string data_path, std::shared_ptr<NodeDatabase> database, Workers& workers)
      : data_path_(std::move(data_path)), database_(std::move(database)), workers_(workers) {}

  void persist(std::vector<Write> writes, Done done) override;
  void keep_secret(const std::string& name, Bytes secret, Done done) override;
  void cache(std::vector<Write> writes) override;

 private:
  void start();
  void write_secret();

  const std::string data_path_;
  const std::shared_ptr<NodeDatabase> database_;
  Workers& workers_;
  std::vector<Write> waiting_;
  std::vector<Done> waiting_dones_;
  std::size_t waiting_bytes_ = 0;
  bool is_writing_ = false;
  struct Secret {
    std::string name;
    Bytes bytes;
    Done done;
  };
  std::deque<Secret> secrets_;  ///< The first is being written.
  const std::shared_ptr<const bool> alive_ = std::make_shared<bool>(true);
};

std::size_t byte_count(const std::vector<NodeStore::Write>& writes) {
  std::size_t bytes = 0;
  for (const NodeStore::Write& write : writes) {
    bytes += sizeof(write) + write.key.size() + (write.value ? write.value->size() : 0);
  }
  return bytes;
}

void RocksNodeStore::persist(std::vector<Write> writes, Done done) {
  const std::size_t bytes = byte_count(writes);
  if (waiting_bytes_ + bytes > kWaitingBytesMax) {
    workers_.post([weak = std::weak_ptr(alive_), done = std::move(done)]() mutable {
      if (weak.expired()) return;
      done(fail(ErrorCode::resource_exhausted,
                fmt::format("{} MiB of the node's state wait for the disk already",
                            kWaitingBytesMax >> 20U)));
    });
    return;
  }
  waiting_bytes_ += bytes;
  for (Write& write : writes) waiting_.push_back(std::move(write));
  waiting_dones_.push_back(std::move(done));
  start();
}

// One after the other: two of one name must not overtake each other.
void RocksNodeStore::keep_secret(const std::string& name, Bytes secret, Done done) {
  secrets_.push_back({name, std::move(secret), std::move(done)});
  if (secrets_.size() == 1) write_secret();
}

void RocksNodeStore::write_secret() {
  const Secret& next = secrets_.front();
  auto answer = std::make_shared<Result<void>>();
  workers_.run([path = data_path_ + "/" + next.name, bytes = next.bytes,
                answer] { *answer = write_secret_file(path, bytes); },
               [this, weak = std::weak_ptr(alive_), answer] {
                 if (weak.expired()) return;
                 Done done = std::move(secrets_.front().done);
                 secrets_.pop_front();
                 if (!secrets_.empty()) write_secret();
                 done(*answer);
               });
}

void RocksNodeStore::cache(std::vector<Write> writes) {
  const std::size_t bytes = byte_count(writes);
  if (waiting_bytes_ + bytes > kCacheBytesMax) return;
  waiting_bytes_ += bytes;
  for (Write& write : writes) waiting_.push_back(std::move(write));
  start();
}

void RocksNodeStore::start() {
  if (is_writing_ || (waiting_.empty() && waiting_dones_.empty())) return;
  is_writing_ = true;
  waiting_bytes_ = 0;
  auto answer = std::make_shared<Result<void>>();
  // Taken before the call: in which order its arguments are made is not said.
  std::vector<Done> dones = std::exchange(waiting_dones_, {});
  const bool is_synced = !dones.empty();
  workers_.run([database = database_, writes = std::exchange(waiting_, {}), is_synced,
                answer] { *answer = database->write(writes, is_synced); },
               [this, weak = std::weak_ptr(alive_), dones = std::move(dones), answer]() mutable {
                 if (weak.expired()) return;
                 is_writing_ = false;
                 start();
                 for (Done& done : dones) {
                   if (weak.expired()) return;
                   done(*answer);
                 }
               });
}

Result<void> make_data_folder(const std::string& path) {
  if (Result<void> made = make_folder(path); !made) {
    return fail(ErrorCode::io, "the data directory cannot be used: " + made.error().detail);
  }
  return {};
}

struct Found {
  std::uint64_t boot = 0;
  std::string machine_id{};
};

Result<Found> read_found(const NodeDatabase& database, const std::string& data_path) {
  const Result<std::optional<std::string>> boot = database.meta(kBootKey);
  if (!boot) return tl::unexpected<Error>(boot.error());
  const Result<std::optional<std::string>> machine = database.meta(kMachineKey);
  if (!machine) return tl::unexpected<Error>(machine.error());
  Found found{0, machine->value_or("")};
  if (boot->has_value()) {
    const std::string& text = **boot;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), found.boot);
    if (error != std::errc{} || end != text.data() + text.size() || found.boot == 0) {
      return fail(ErrorCode::corrupted,
                  fmt::format("the boot counter in {} is no number", data_path));
    }
  }
  return found;
}

// Finds or makes the identity; a key that must not be used again is renamed.
Result<void> settle_identity(const std::string& data_path, const Found& found,
                             const std::string& machine_id, NodeData& data) {
  const std::string path = data_path + "/identity.key";
  const Result<std::optional<IdentitySeed>> seed = read_identity(path);
  if (!seed) return tl::unexpected<Error>(seed.error());
  if (seed->has_value()) {
    if (found.boot == 0) {
      data.replaced_because = "the boot counter of the earlier identity is lost";
    } else if (!machine_id.empty() && !found.machine_id.empty() && machine_id != found.machine_id) {
      data.replaced_because =
          fmt::format("the data directory {} comes from another machine ({}; this is {})",
                      data_path, found.machine_id, machine_id);
    } else {
      data.identity_seed = **seed;
      return {};
    }
    const std::string away = fmt::format("{}.replaced-{}", path, data.boot);
    if (Result<void> renamed = rename_durably(path, away); !renamed) return renamed;
  }
  const Result<IdentitySeed> made = make_identity(path);
  if (!made) return tl::unexpected<Error>(made.error());
  data.identity_seed = *made;
  data.made_new = true;
  return {};
}

struct OpenedDirectory {
  NodeData data{};
  std::shared_ptr<NodeDatabase> database{};
};

Result<OpenedDirectory> open_directory(const std::string& data_path, std::string machine_id) {
  if (Result<void> made = make_data_folder(data_path); !made) {
    return tl::unexpected<Error>(made.error());
  }
  // First of all, for the database's lock keeps a second node off the key file too.
  const Result<std::shared_ptr<NodeDatabase>> database = NodeDatabase::open(data_path + "/node");
  if (!database) return tl::unexpected<Error>(database.error());
  const Result<Found> found = read_found(**database, data_path);
  if (!found) return tl::unexpected<Error>(found.error());

  OpenedDirectory opened;
  opened.database = *database;
  opened.data.boot = found->boot + 1;
  if (Result<void> settled = settle_identity(data_path, *found, machine_id, opened.data);
      !settled) {
    return tl::unexpected<Error>(settled.error());
  }
  Result<std::optional<Bytes>> kept =
      read_secret_file(data_path + kKeysFile, "the ring of keys", kKeysFileBytesMax);
  if (!kept) return tl::unexpected<Error>(kept.error());
  if (kept->has_value()) opened.data.kept_keys = std::move(**kept);
  Result<std::vector<NodeStore::Write>> cached = (*database)->load();
  if (!cached) return tl::unexpected<Error>(cached.error());
  opened.data.cached = std::move(*cached);
  if (machine_id.empty()) machine_id = found->machine_id;
  if (Result<void> written = (*database)->write_meta(opened.data.boot, machine_id); !written) {
    return tl::unexpected<Error>(written.error());
  }
  return opened;
}

}  // namespace

std::string this_machine_id() {
  const Result<Bytes> bytes = read_small_file("/etc/machine-id", 256);
  if (!bytes) return {};
  const std::string_view text = as_text(*bytes);
  return std::string{text.substr(0, text.find_first_of(" \t\r\n"))};
}

Result<OpenedNodeStore> open_node_store(const std::string& data_path, Workers& workers,
                                        std::string machine_id) {
  auto opened = open_directory(data_path, std::move(machine_id));
  if (!opened) return tl::unexpected<Error>(opened.error());
  return OpenedNodeStore{
      std::move(opened->data),
      std::make_unique<RocksNodeStore>(data_path, std::move(opened->database), workers)};
}

Result<IdentitySeed> find_identity(const std::string& data_path, std::string machine_id) {
  const auto opened = open_directory(data_path, std::move(machine_id));
  if (opened) return opened->data.identity_seed;
  if (opened.error().code != ErrorCode::already_exists) {
    return tl::unexpected<Error>(opened.error());
  }
  const Result<std::optional<IdentitySeed>> seed = read_identity(data_path + "/identity.key");
  if (!seed) return tl::unexpected<Error>(seed.error());
  if (seed->has_value()) return **seed;
  return fail(ErrorCode::not_found,
              fmt::format("{}, and has no identity.key", opened.error().detail));
}

}  // namespace gossamer::store
