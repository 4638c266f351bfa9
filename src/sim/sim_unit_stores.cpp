#include "sim/sim_unit_stores.hpp"

#include <algorithm>

#include "wire/storage.hpp"

namespace gossamer::sim {
namespace {

constexpr std::size_t kOversizeMax = 64 * 1024;
constexpr std::size_t kCheckpointsMax = 16;

bool is_safe_service(const std::string& service) {
  return is_safe_file_name(service) && service.front() != '.';
}

Error bad_unit(const UnitId& unit) {
  return {ErrorCode::invalid_argument, "'" + unit.service + "' cannot name a store"};
}

/// For a file of a checkpoint that is not there.
class MissingSource final : public ByteSource {
 public:
  std::uint64_t size() const override { return 0; }
  Result<void> read(std::uint64_t, std::span<std::uint8_t>) override {
    return fail(ErrorCode::io, "no such file in the checkpoint");
  }
};

/// Writes into a file of the build. What is too long for its manifest is found out at the end.
class BuildSink final : public ByteSink {
 public:
  BuildSink(std::shared_ptr<Volume> volume, UnitId unit, journal::ManifestFile file)
      : volume_(std::move(volume)), unit_(std::move(unit)), file_(std::move(file)) {}
  void restart() override { written_.clear(); }
  Result<void> write(ByteView bytes) override {
    if (!is_safe_service(unit_.service)) return tl::unexpected(bad_unit(unit_));
    if (!is_safe_file_name(file_.name)) {
      return fail(ErrorCode::corrupted, "the manifest names a file outside the store");
    }
    if (written_.size() + bytes.size() > file_.size + kOversizeMax) {
      return fail(ErrorCode::corrupted,
                  "the file " + file_.name + " is larger than its manifest says");
    }
    written_.insert(written_.end(), bytes.begin(), bytes.end());
    volume_->units[unit_].building[file_.name] = written_;
    return {};
  }

 private:
  std::shared_ptr<Volume> volume_;
  UnitId unit_;
  journal::ManifestFile file_;
  Bytes written_;
};

Error not_open(const UnitId& unit) {
  return {ErrorCode::io, "the store of " + to_string(unit) + " is not open"};
}

}  // namespace

SimUnitStores::SimUnitStores(HostIndex host, std::shared_ptr<Volume> volume,
                             std::shared_ptr<Process> process, const DiskConditions& conditions,
                             std::uint64_t seed, Witness& witness)
    : host_(host),
      volume_(std::move(volume)),
      process_(std::move(process)),
      conditions_(conditions),
      random_(seed),
      witness_(witness),
      self_(std::make_shared<SimUnitStores*>(this)) {}

SimUnitStores::~SimUnitStores() {
  *self_ = nullptr;
}

void SimUnitStores::crash() {
  for (auto& [unit, orders] : orders_) {
    const std::size_t kept = random_.below(orders.size() + 1);
    for (std::size_t i = 0; i < kept; ++i) orders[i]();
    orders.clear();
  }
}

Duration SimUnitStores::draw_sync() {
  return Duration{random_.between(conditions_.sync_min.count(), conditions_.sync_max.count())};
}

void SimUnitStores::enqueue(const UnitId& unit, Effect effect) {
  orders_[unit].push_back(std::move(effect));
  Instant& last = last_done_[unit];
  last = std::max(last, process_->queue().now()) + draw_sync();
  process_->queue().at(last, [self = self_, unit] {
    if (*self == nullptr) return;
    std::deque<Effect>& orders = (*self)->orders_[unit];
    if (orders.empty()) return;  // A crash took them.
    Effect next = std::move(orders.front());
    orders.pop_front();
    next();
  });
}

std::shared_ptr<OpenStore> SimUnitStores::find_open(const UnitId& unit) const {
  const auto found = open_.find(unit);
  return found == open_.end() ? nullptr : found->second;
}

void SimUnitStores::inspect(const UnitId& unit, Done<journal::StoreState> done) {
  order<journal::StoreState>(
      unit,
      [this, unit]() -> Result<journal::StoreState> {
        journal::StoreState state;
        if (const auto& store = place(unit).store) {
          state = {true, store->opened_under, store->claims, store->sequence};
        }
        return state;
      },
      std::move(done));
}

void SimUnitStores::record_claim(const UnitId& unit, const journal::Nonce& nonce, Done<void> done) {
  order<void>(
      unit,
      [this, unit, nonce]() -> Result<void> {
        const auto& store = place(unit).store;
        if (find_open(unit))
          return fail(ErrorCode::io, "the store of " + to_string(unit) + " is open");
        if (!store)
          return fail(ErrorCode::io, "no store of " + to_string(unit) + " to record a claim in");
        store->claims.push_back(nonce);
        witness_.on_claim_recorded(host_, volume_->id, unit, nonce);
        return {};
      },
      std::move(done));
}

void SimUnitStores::set_aside(const UnitId& unit, Done<void> done) {
  order<void>(
      unit,
      [this, unit]() -> Result<void> {
        UnitPlace& here = place(unit);
        if (find_open(unit))
          return fail(ErrorCode::io, "the store of " + to_string(unit) + " is open");
        if (here.store) here.aside = std::move(here.store);
        here.store = nullptr;
        return {};
      },
      std::move(done));
}

void SimUnitStores::begin_build(const UnitId& unit, Done<void> done) {
  order<void>(
      unit,
      [this, unit]() -> Result<void> {
        place(unit).building.clear();
        return {};
      },
      std::move(done));
}

std::shared_ptr<ByteSink> SimUnitStores::build_file(const UnitId& unit,
                                                    const journal::ManifestFile& file) {
  return std::make_shared<BuildSink>(volume_, unit, file);
}

void SimUnitStores::adopt_build(const UnitId& unit,
                                std::shared_ptr<const journal::Manifest> manifest,
                                Done<void> done) {
  order<void>(
      unit, [this, unit, manifest]() -> Result<void> { return adopt(unit, *manifest); },
      std::move(done));
}

Result<void> SimUnitStores::adopt(const UnitId& unit, const journal::Manifest& manifest) {
  UnitPlace& here = place(unit);
  StoreFiles files;
  for (const journal::ManifestFile& file : manifest.files) {
    const auto found = here.building.find(file.name);
    const Bytes bytes = found == here.building.end() ? Bytes{} : found->second;
    if (bytes.size() != file.size || content_hash(bytes) != file.hash) {
      return fail(ErrorCode::corrupted, "the file " + file.name + " is not what its manifest says");
    }
    files[file.name] = bytes;
  }
  Result<StoreImage> image = from_files(files);
  if (!image) return tl::unexpected(image.error());
  if (image->sequence != manifest.sequence) {
    return fail(ErrorCode::corrupted, "the build's sequence is not its manifest's");
  }
  here.store = std::make_shared<StoreImage>(std::move(*image));
  here.building.clear();
  return {};
}

void SimUnitStores::open(const UnitId& unit, Epoch epoch, const journal::Nonce& nonce,
                         Done<Opened> done) {
  order<Opened>(
      unit, [this, unit, epoch, nonce] { return open_now(unit, epoch, nonce); }, std::move(done));
}

Result<UnitStores::Opened> SimUnitStores::open_now(const UnitId& unit, Epoch epoch,
                                                   const journal::Nonce& nonce) {
  if (!is_safe_service(unit.service)) return tl::unexpected(bad_unit(unit));
  if (find_open(unit))
    return fail(ErrorCode::io, "the store of " + to_string(unit) + " is open already");
  UnitPlace& here = place(unit);
  if (!here.store) here.store = std::make_shared<StoreImage>();
  StoreImage& image = *here.store;
  image.opened_under = epoch;
  // Claims recorded before this one are settled: the store is of this epoch now.
  auto own = std::find(image.claims.begin(), image.claims.end(), nonce);
  image.claims.erase(image.claims.begin(), own);
  if (image.claims.empty()) {
    image.claims.push_back(nonce);
    witness_.on_claim_recorded(host_, volume_->id, unit, nonce);
  }
  auto open = std::make_shared<OpenStore>();
  open->unit = unit;
  open->epoch = epoch;
  open->image = here.store;
  open->frozen = image.kept.empty() ? image.sequence : image.kept.front().sequence - 1;
  open_[unit] = open;
  return Opened{image.sequence, {image.kept.begin(), image.kept.end()}};
}

void SimUnitStores::apply(const UnitId& unit, std::vector<journal::Commit> commits,
                          Done<journal::Sequence> done) {
  order<journal::Sequence>(
      unit, [this, unit, commits = std::move(commits)] { return apply_now(unit, commits); },
      std::move(done));
}

Result<journal::Sequence> SimUnitStores::apply_now(const UnitId& unit,
                                                   const std::vector<journal::Commit>& commits) {
  const auto open = find_open(unit);
  if (!open) return tl::unexpected(not_open(unit));
  if (open->is_serving) return fail(ErrorCode::io, "the store of " + to_string(unit) + " serves");
  for (const journal::Commit& commit : commits) {
    if (commit.sequence <= open->image->sequence) continue;
    if (commit.sequence != open->image->sequence + 1) {
      return fail(ErrorCode::corrupted, "the journal of " + to_string(unit) + " skips a sequence");
    }
    const Result<WriteBatch> batch = wire::decode_operations(commit.bytes);
    if (!batch) return tl::unexpected(batch.error());
    open->image->apply(*batch);
    open->image->sequence = commit.sequence;
    if (open->image->kept.empty()) open->frozen = commit.sequence;
  }
  return open->image->sequence;
}

std::shared_ptr<Store> SimUnitStores::serve(const UnitId& unit) {
  const auto open = find_open(unit);
  if (!open || open->is_closed) return nullptr;
  open->is_serving = true;
  return std::make_shared<SimStore>(open, [self = self_, open](WaitingCommit commit) {
    // After the process's end nobody is left to be answered.
    if (*self != nullptr) (*self)->submit(open, std::move(commit));
  });
}

void SimUnitStores::checkpoint(const UnitId& unit, std::uint64_t attempt,
                               Done<journal::CheckpointState> done) {
  order<journal::CheckpointState>(
      unit,
      [this, unit, attempt]() -> Result<journal::CheckpointState> {
        const auto open = find_open(unit);
        if (!open) return tl::unexpected(not_open(unit));
        StoreFiles files = to_files(*open->image);
        journal::CheckpointState state = describe(*open->image, files);
        if (checkpoints_.size() >= kCheckpointsMax) {
          return fail(ErrorCode::resource_exhausted, "too many checkpoints of " + to_string(unit));
        }
        checkpoints_[{unit, attempt}] = std::move(files);
        return state;
      },
      std::move(done));
}

std::shared_ptr<ByteSource> SimUnitStores::checkpoint_file(const UnitId& unit,
                                                           std::uint64_t attempt,
                                                           const std::string& name) {
  const auto files = checkpoints_.find({unit, attempt});
  if (files == checkpoints_.end()) return std::make_shared<MissingSource>();
  const auto file = files->second.find(name);
  if (file == files->second.end()) return std::make_shared<MissingSource>();
  return make_source(file->second);
}

void SimUnitStores::drop_checkpoint(const UnitId& unit, std::uint64_t attempt) {
  checkpoints_.erase({unit, attempt});
}

}  // namespace gossamer::sim
