// Carries out orders for units: one lane per unit, its work on the workers, its answers on the
// loop.

#include <map>
#include <optional>

#include "store/build.hpp"
#include "store/checkpoint.hpp"
#include "store/closed_store.hpp"
#include "store/posix_file.hpp"
#include "store/rocks_unit_stores.hpp"
#include "store/unit.hpp"

namespace gossamer::store {
namespace {

constexpr std::size_t kIdleUnitsMax = 1024;

class RocksUnitStores final : public UnitStores {
 public:
  RocksUnitStores(const std::string& data_path, Workers& workers, UnitStoreLimits limits)
      : units_path_(data_path + "/units"),
        limits_(limits),
        gate_(std::make_shared<WorkersGate>(workers)) {}
  ~RocksUnitStores() override;

  void set_listener(Listener* listener) override { *listener_ = listener; }
  void inspect(const UnitId& unit, Done<journal::StoreState> done) override;
  void record_claim(const UnitId& unit, const journal::Nonce& nonce, Done<void> done) override;
  void set_aside(const UnitId& unit, Done<void> done) override;
  void begin_build(const UnitId& unit, Done<void> done) override;
  std::shared_ptr<ByteSink> build_file(const UnitId& unit,
                                       const journal::ManifestFile& file) override;
  void adopt_build(const UnitId& unit, std::shared_ptr<const journal::Manifest> manifest,
                   Done<void> done) override;
  void open(const UnitId& unit, Epoch epoch, const journal::Nonce& nonce,
            Done<Opened> done) override;
  void apply(const UnitId& unit, std::vector<journal::Commit> commits,
             Done<journal::Sequence> done) override;
  std::shared_ptr<Store> serve(const UnitId& unit) override;
  void checkpoint(const UnitId& unit, std::uint64_t attempt,
                  Done<journal::CheckpointState> done) override;
  std::shared_ptr<ByteSource> checkpoint_file(const UnitId& unit, std::uint64_t attempt,
                                              const std::string& name) override;
  void drop_checkpoint(const UnitId& unit, std::uint64_t attempt) override;
  void trim(const UnitId& unit, journal::Sequence through) override;
  void close(const UnitId& unit, Error reason, Done<void> done) override;

 private:
  using Next = UniqueFunction<void()>;

  std::shared_ptr<Unit> find(const UnitId& unit) const;
  /// Null after answering `done` if the unit's name cannot be that of a folder.
  template <class T>
  std::shared_ptr<Unit> find_or_make(const UnitId& unit, Done<T>& done);
  void sweep();

  template <class T>
  void refuse(Done<T> done, ErrorCode code, std::string detail);
  /// Runs `work` on a worker; then, on the loop, `done` and `next`.
  template <class T, class Work>
  void run(Work work, Done<T> done, Next next);
  template <class T, class Work>
  void order_closed(const UnitId& unit, Done<T> done, Work work);
  template <class T, class Work>
  void order_open(const UnitId& unit, Done<T> done, Work work);
  void finish_close(Unit& unit, Done<void> done, Next next);

  const std::string units_path_;
  const UnitStoreLimits limits_;
  const std::shared_ptr<WorkersGate> gate_;
  /// Shared with the stores, so that none calls a listener that is gone. Loop.
  const std::shared_ptr<UnitStores::Listener*> listener_ =
      std::make_shared<UnitStores::Listener*>(nullptr);
  std::map<UnitId, std::shared_ptr<Unit>> units_;
  const std::shared_ptr<const bool> alive_ = std::make_shared<bool>(true);
};

RocksUnitStores::~RocksUnitStores() {
  gate_->shut();
  *listener_ = nullptr;
  for (const auto& [id, unit] : units_) {
    if (unit->open) {
      unit->open->fence({ErrorCode::cancelled, "the node was closed"});
      unit->open->drop_database();
    }
    if (const auto lingering = unit->lingering.lock()) lingering->drop_database();
  }
}

std::shared_ptr<Unit> RocksUnitStores::find(const UnitId& unit) const {
  const auto found = units_.find(unit);
  return found == units_.end() ? nullptr : found->second;
}

void RocksUnitStores::sweep() {
  if (units_.size() < kIdleUnitsMax) return;
  for (auto it = units_.begin(); it != units_.end();) {
    it = it->second->is_idle() ? units_.erase(it) : std::next(it);
  }
}

template <class T>
std::shared_ptr<Unit> RocksUnitStores::find_or_make(const UnitId& unit, Done<T>& done) {
  if (std::shared_ptr<Unit> found = find(unit)) return found;
  if (!UnitLayout::is_valid(unit)) {
    refuse(std::move(done), ErrorCode::invalid_argument,
           "no store can have the name of the service '" + unit.service.substr(0, 200) + "'");
    return nullptr;
  }
  sweep();
  return units_.emplace(unit, std::make_shared<Unit>(units_path_, unit)).first->second;
}

template <class T>
void RocksUnitStores::refuse(Done<T> done, ErrorCode code, std::string detail) {
  gate_->post([weak = std::weak_ptr(alive_), done = std::move(done), code,
               detail = std::move(detail)]() mutable {
    if (!weak.expired()) done(fail(code, std::move(detail)));
  });
}

template <class T, class Work>
void RocksUnitStores::run(Work work, Done<T> done, Next next) {
  auto answer = std::make_shared<std::optional<Result<T>>>();
  gate_->run([work = std::move(work), answer]() mutable { answer->emplace(work()); },
             [weak = std::weak_ptr(alive_), done = std::move(done), next = std::move(next),
              answer]() mutable {
               if (weak.expired()) return;
               done(std::move(**answer));
               next();
             });
}

// `work(layout)`, when nobody has the store open.
template <class T, class Work>
void RocksUnitStores::order_closed(const UnitId& id, Done<T> done, Work work) {
  const std::shared_ptr<Unit> unit = find_or_make<T>(id, done);
  if (!unit) return;
  unit->lane.add([this, unit = unit.get(), id, done = std::move(done),
                  work = std::move(work)](Next next) mutable {
    if (unit->open) {
      refuse(std::move(done), ErrorCode::already_exists,
             "the store of " + to_string(id) + " is open");
      return next();
    }
    unit->await_release([this, layout = unit->layout, done = std::move(done),
                         work = std::move(work), next = std::move(next)]() mutable {
      run<T>([layout, work = std::move(work)]() mutable { return work(*layout); }, std::move(done),
             std::move(next));
    });
  });
}

// `work(store, database, layout)`, when the store is open.
template <class T, class Work>
void RocksUnitStores::order_open(const UnitId& id, Done<T> done, Work work) {
  const std::shared_ptr<Unit> unit = find_or_make<T>(id, done);
  if (!unit) return;
  unit->lane.add([this, unit = unit.get(), id, done = std::move(done),
                  work = std::move(work)](Next next) mutable {
    if (!unit->open) {
      refuse(std::move(done), ErrorCode::not_found,
             "the store of " + to_string(id) + " is not open");
      return next();
    }
    // The database is held from here on: the node may be closed before a worker comes to this.
    run<T>([store = unit->open, database = unit->open->database(), layout = unit->layout,
            work = std::move(work)]() mutable { return work(*store, *database, *layout); },
           std::move(done), std::move(next));
  });
}

void RocksUnitStores::inspect(const UnitId& id, Done<journal::StoreState> done) {
  const std::shared_ptr<Unit> unit = find_or_make<journal::StoreState>(id, done);
  if (!unit) return;
  unit->lane.add([this, unit = unit.get(), done = std::move(done)](Next next) mutable {
    if (unit->open) {
      return run<journal::StoreState>(
          [database = unit->open->database()] { return inspect_open(*database); }, std::move(done),
          std::move(next));
    }
    unit->await_release(
        [this, layout = unit->layout, done = std::move(done), next = std::move(next)]() mutable {
          run<journal::StoreState>([layout] { return inspect_closed(*layout); }, std::move(done),
                                   std::move(next));
        });
  });
}

void RocksUnitStores::record_claim(const UnitId& unit, const journal::Nonce& nonce,
                                   Done<void> done) {
  order_closed<void>(unit, std::move(done),
                     [nonce](const UnitLayout& layout) { return record_claim_in(layout, nonce); });
}

void RocksUnitStores::set_aside(const UnitId& unit, Done<void> done) {
  order_closed<void>(unit, std::move(done), [](const UnitLayout& layout) {
    return layout.recover().and_then([&] { return layout.set_aside(); });
  });
}

void RocksUnitStores::begin_build(const UnitId& unit, Done<void> done) {
  order_closed<void>(unit, std::move(done), [](const UnitLayout& layout) {
    return layout.recover()
        .and_then([&] { return layout.make_folder(); })
        .and_then([&] { return remove_tree(layout.build()); })
        .and_then([&] { return make_folder(layout.build()); });
  });
}

std::shared_ptr<ByteSink> RocksUnitStores::build_file(const UnitId& unit,
                                                      const journal::ManifestFile& file) {
  if (!UnitLayout::is_valid(unit)) return make_build_sink({}, {});
  return make_build_sink(UnitLayout{units_path_, unit}.build(), file);
}

void RocksUnitStores::adopt_build(const UnitId& unit,
                                  std::shared_ptr<const journal::Manifest> manifest,
                                  Done<void> done) {
  order_closed<void>(unit, std::move(done), [manifest](const UnitLayout& layout) {
    return store::adopt_build(layout, *manifest);
  });
}

void RocksUnitStores::open(const UnitId& id, Epoch epoch, const journal::Nonce& nonce,
                           Done<Opened> done) {
  const std::weak_ptr<Unit> weak = find_or_make<Opened>(id, done);
  if (weak.expired()) return;
  auto opened = std::make_shared<std::shared_ptr<UnitStore>>();
  order_closed<Opened>(
      id,
      // The store is there before its opening is told, so that the answer may serve it.
      [weak, opened, done = std::move(done)](Result<Opened> result) mutable {
        const std::shared_ptr<Unit> unit = weak.lock();
        if (unit && result) {
          unit->open = std::move(*opened);
          unit->is_database_open = true;
          unit->checkpoints.clear();
        }
        done(std::move(result));
      },
      [weak, gate = gate_, limits = limits_, opened, id, epoch,
       nonce](const UnitLayout& layout) -> Result<Opened> {
        Result<OpenedDatabase> result = open_database(layout, epoch, nonce);
        if (!result) return tl::unexpected<Error>(result.error());
        *opened = std::make_shared<UnitStore>(
            id, epoch, gate, share_database(std::move(result->database), gate, weak), result->state,
            limits);
        return std::move(result->state);
      });
}

void RocksUnitStores::apply(const UnitId& unit, std::vector<journal::Commit> commits,
                            Done<journal::Sequence> done) {
  order_open<journal::Sequence>(
      unit, std::move(done),
      [commits = std::move(commits)](UnitStore& store, Database&,
                                     const UnitLayout&) -> Result<journal::Sequence> {
        if (store.is_serving()) {
          return fail(ErrorCode::invalid_argument,
                      "the store of " + to_string(store.unit()) + " serves: nothing is applied");
        }
        return store.apply(commits);
      });
}

std::shared_ptr<Store> RocksUnitStores::serve(const UnitId& unit) {
  const std::shared_ptr<Unit> found = find(unit);
  if (!found || !found->open || found->open->is_fenced()) return nullptr;
  found->open->serve(listener_);
  return found->open;
}

void RocksUnitStores::checkpoint(const UnitId& id, std::uint64_t attempt,
                                 Done<journal::CheckpointState> done) {
  const std::weak_ptr<Unit> weak = find_or_make<journal::CheckpointState>(id, done);
  const std::shared_ptr<Unit> unit = weak.lock();
  if (!unit) return;
  order_open<journal::CheckpointState>(
      id,
      [weak, attempt, done = std::move(done)](Result<journal::CheckpointState> result) mutable {
        const std::shared_ptr<Unit> taken = weak.lock();
        if (taken && result) {
          auto& sizes = taken->checkpoints[attempt];
          sizes.clear();
          for (const journal::ManifestFile& file : result->files) sizes[file.name] = file.size;
        }
        done(std::move(result));
      },
      [attempt, hashes = unit->hashes](
          UnitStore& store, Database& database,
          const UnitLayout& layout) -> Result<journal::CheckpointState> {
        const std::string path = layout.checkpoint(attempt);
        const Result<void> prepared =
            remove_tree(path).and_then([&] { return make_folder(layout.checkpoints()); });
        if (!prepared) return tl::unexpected<Error>(prepared.error());
        return take_checkpoint(database, path, *hashes, store.fenced_flag());
      });
}

std::shared_ptr<ByteSource> RocksUnitStores::checkpoint_file(const UnitId& unit,
                                                             std::uint64_t attempt,
                                                             const std::string& name) {
  const std::shared_ptr<Unit> found = find(unit);
  std::uint64_t size = 0;
  // A file that nobody described has no size here, and its absence shows when it is read.
  std::string path = units_path_ + "/no-such-checkpoint";
  if (found && is_plain_file_name(name)) {
    path = found->layout->checkpoint(attempt) + "/" + name;
    const auto taken = found->checkpoints.find(attempt);
    if (taken != found->checkpoints.end()) {
      const auto file = taken->second.find(name);
      if (file != taken->second.end()) size = file->second;
    }
  }
  return make_file_source(std::move(path), size);
}

void RocksUnitStores::drop_checkpoint(const UnitId& id, std::uint64_t attempt) {
  const std::shared_ptr<Unit> unit = find(id);
  if (!unit) return;
  unit->checkpoints.erase(attempt);
  unit->lane.add([this, layout = unit->layout, attempt](Next next) {
    run<void>([layout, attempt] { return remove_tree(layout->checkpoint(attempt)); },
              [](Result<void>) { /* What is left goes when the store is next opened. */ },
              std::move(next));
  });
}

void RocksUnitStores::trim(const UnitId& unit, journal::Sequence through) {
  const std::shared_ptr<Unit> found = find(unit);
  if (found && found->open) found->open->trim(through);
}

void RocksUnitStores::close(const UnitId& id, Error reason, Done<void> done) {
  const std::shared_ptr<Unit> unit = find_or_make<void>(id, done);
  if (!unit) return;
  if (unit->open) unit->open->fence(reason);
  unit->lane.add([this, unit = unit.get(), reason = std::move(reason),
                  done = std::move(done)](Next next) mutable {
    if (!unit->open) {
      run<void>([]() -> Result<void> { return {}; }, std::move(done), std::move(next));
      return;
    }
    unit->open->fence(reason);  // An open that was under way when close was called.
    unit->open->when_idle([this, weak = unit->weak_from_this(), gate = gate_,
                           done = std::move(done), next = std::move(next)]() mutable {
      // Later, when the work that just ended no longer holds the store.
      gate->post([this, weak, done = std::move(done), next = std::move(next)]() mutable {
        if (const std::shared_ptr<Unit> closing = weak.lock()) {
          finish_close(*closing, std::move(done), std::move(next));
        }
      });
    });
  });
}

// Whoever holds a handle goes on reading. If nobody does, RocksDB is closed before the answer.
void RocksUnitStores::finish_close(Unit& unit, Done<void> done, Next next) {
  unit.lingering = unit.open;
  unit.open.reset();
  auto answer = [this, done = std::move(done), next = std::move(next)]() mutable {
    run<void>([]() -> Result<void> { return {}; }, std::move(done), std::move(next));
  };
  if (!unit.lingering.expired()) return answer();
  unit.await_release(std::move(answer));
}

}  // namespace

std::unique_ptr<UnitStores> open_unit_stores(const std::string& data_path, Workers& workers,
                                             UnitStoreLimits limits) {
  return std::make_unique<RocksUnitStores>(data_path, workers, limits);
}

}  // namespace gossamer::store
