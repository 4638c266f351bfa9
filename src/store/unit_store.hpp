#pragma once

#include <atomic>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "gossamer/store.hpp"
#include "ports/unit_stores.hpp"
#include "store/database.hpp"
#include "store/rocks_unit_stores.hpp"
#include "store/workers_gate.hpp"

namespace gossamer::store {

/// One unit's store from open to close, and the handle that its service holds.
///
/// Commits of all threads wait in one bounded queue; one job at a time takes what is there, writes
/// it as one synced batch (the service's data, the tail and the sequence together), and hands it to
/// the listener on the loop, in order. After a failed write nothing more is accepted, and the
/// listener is told: only opening again tells what the disk has.
class UnitStore final : public Store, public std::enable_shared_from_this<UnitStore> {
 public:
  /// Of the form that goes into the journal, so that it fits an entry whatever its operations are.
  static constexpr std::size_t kEncodedBytesMax = 2 * 1024 * 1024;

  UnitStore(UnitId unit, Epoch epoch, std::shared_ptr<WorkersGate> gate,
            std::shared_ptr<Database> database, const UnitStores::Opened& opened,
            UnitStoreLimits limits);

  const UnitId& unit() const override { return unit_; }
  Epoch epoch() const override { return epoch_; }
  Result<std::optional<std::string>> get(std::string_view key) const override;
  Result<void> scan(std::string_view prefix, std::string_view begin,
                    const Database::Visit& visit) const override;
  void commit(WriteBatch batch, Durability durability, Committed done) override;
  Sequence durable_sequence(Durability durability) const override;

  // On the loop:
  /// `listener` may become null: then nobody hears of commits any more.
  void serve(std::shared_ptr<UnitStores::Listener*> listener);
  bool is_serving() const;
  /// No commit is accepted any more; what waits ends with `reason`, soon. Only the first call
  /// counts.
  void fence(const Error& reason);
  bool is_fenced() const { return is_fenced_; }
  const std::atomic<bool>& fenced_flag() const { return is_fenced_; }
  void trim(Sequence through);
  /// Calls back when no write is under way; requires that it is fenced.
  void when_idle(UniqueFunction<void()> idle);
  /// Reads fail from now on.
  void drop_database();

  // On a worker:
  /// Null once it was dropped.
  std::shared_ptr<Database> database() const;
  Result<Sequence> apply(const std::vector<journal::Commit>& commits);

 private:
  struct Pending {
    WriteBatch batch;
    Bytes encoded;
    Durability durability = Durability::local;
    Committed done;
  };
  struct Group {
    std::vector<Pending> commits{};
    Sequence trim_through = 0;  ///< 0: nothing to trim.
  };

  std::optional<Error> accept(Pending& pending, std::size_t bytes);
  void answer_later(Committed done, Error error);
  void request_write();
  void start_write();
  void on_written();
  void write_groups();
  Group take_group();
  Result<void> write(Group& group);
  Result<void> write_applied(Database& database, rocksdb::WriteBatch& rocks, Sequence sequence,
                             Database::Sync sync);
  void deliver(std::vector<Pending> commits, Sequence first, std::optional<Error> error);
  std::optional<Error> end_reason() const;
  void break_off(const Error& error);
  void tell_broken();

  const UnitId unit_;
  const Epoch epoch_;
  const UnitStoreLimits limits_;
  const std::shared_ptr<WorkersGate> gate_;
  std::shared_ptr<UnitStores::Listener*> listener_{};  ///< Loop.
  UniqueFunction<void()> idle_{};                      ///< Loop.

  std::atomic<bool> is_fenced_{false};
  std::atomic<Sequence> sequence_;  ///< Locally durable. Written by one worker job at a time.
  std::atomic<Sequence> frozen_;

  mutable std::mutex mutex_;  ///< Guards what follows.
  std::shared_ptr<Database> database_;
  bool is_serving_ = false;
  std::optional<Error> end_{};     ///< Why it was fenced.
  std::optional<Error> broken_{};  ///< The write that failed.
  std::deque<Pending> waiting_;
  std::size_t waiting_bytes_ = 0;  ///< Until delivered.
  bool is_write_requested_ = false;
  Sequence trim_through_ = 0;
  std::deque<std::pair<Sequence, std::size_t>> unshipped_;
  std::size_t unshipped_bytes_ = 0;
};

}  // namespace gossamer::store
