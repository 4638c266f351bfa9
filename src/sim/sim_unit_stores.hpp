#pragma once

#include <deque>
#include <map>
#include <memory>
#include <string>
#include <utility>

#include "base/random.hpp"
#include "ports/unit_stores.hpp"
#include "sim/conditions.hpp"
#include "sim/process.hpp"
#include "sim/sim_store.hpp"
#include "sim/witness.hpp"

namespace gossamer::sim {

/// The units' stores of one process, on a volume that outlives it. Whatever an order changes,
/// changes when the order's sync ends; a crash keeps some of the orders under way, in their order.
class SimUnitStores final : public UnitStores {
 public:
  static constexpr std::size_t kWaitingBytesMax = 16 * 1024 * 1024;  ///< For the next sync.
  static constexpr std::size_t kKeptBytesMax = 64 * 1024 * 1024;     ///< For the journal.

  SimUnitStores(HostIndex host, std::shared_ptr<Volume> volume, std::shared_ptr<Process> process,
                const DiskConditions& conditions, std::uint64_t seed, Witness& witness);
  ~SimUnitStores() override;

  /// The process is being killed: decides what the disk keeps. Nothing is answered any more.
  void crash();
  /// The next commits that would be written are not, or so it seems: an error of the disk.
  void fail_next_write() { fails_next_write_ = true; }
  const Volume& volume() const { return *volume_; }

  void set_listener(Listener* listener) override { listener_ = listener; }
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
  using Effect = UniqueFunction<void()>;
  struct Group {
    std::vector<WaitingCommit> commits;
    std::vector<journal::Commit> synced;
    bool is_dropped = false;  ///< The close came first, and this did not reach the disk.
    bool has_failed = false;  ///< The disk said no; what is there nobody knows.
  };

  /// Queues an order of `unit`: `effect` changes the disk when it is done and gives the answer,
  /// which then goes to `done` on the loop.
  template <class T, class F>
  void order(const UnitId& unit, F effect, Done<T> done) {
    enqueue(
        unit, [process = process_, effect = std::move(effect), done = std::move(done)]() mutable {
          process->post(
              [answer = effect(), done = std::move(done)]() mutable { done(std::move(answer)); });
        });
  }
  void enqueue(const UnitId& unit, Effect effect);
  Duration draw_sync();

  UnitPlace& place(const UnitId& unit) { return volume_->units[unit]; }
  std::shared_ptr<OpenStore> find_open(const UnitId& unit) const;
  Result<void> adopt(const UnitId& unit, const journal::Manifest& manifest);
  Result<Opened> open_now(const UnitId& unit, Epoch epoch, const journal::Nonce& nonce);
  Result<journal::Sequence> apply_now(const UnitId& unit,
                                      const std::vector<journal::Commit>& commits);

  void submit(const std::shared_ptr<OpenStore>& open, WaitingCommit commit);
  void refuse(Store::Committed done, Error error);
  void start_group(const std::shared_ptr<OpenStore>& open);
  void sync_group(const std::shared_ptr<OpenStore>& open, Group& group);
  void deliver_group(const std::shared_ptr<OpenStore>& open, Group& group);
  void forget_kept(const std::shared_ptr<OpenStore>& open);

  HostIndex host_;
  std::shared_ptr<Volume> volume_;
  std::shared_ptr<Process> process_;
  DiskConditions conditions_;
  Random random_;
  Witness& witness_;
  Listener* listener_ = nullptr;
  bool fails_next_write_ = false;
  std::map<UnitId, std::deque<Effect>> orders_;
  std::map<UnitId, Instant> last_done_;
  std::map<UnitId, std::shared_ptr<OpenStore>> open_;
  std::map<UnitId, std::weak_ptr<Group>> groups_;
  std::map<std::pair<UnitId, std::uint64_t>, StoreFiles> checkpoints_;
  /// Lets events that outlive this find out that it is gone.
  std::shared_ptr<SimUnitStores*> self_;
};

}  // namespace gossamer::sim
