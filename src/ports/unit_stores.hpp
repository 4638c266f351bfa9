#pragma once

#include <memory>
#include <string>
#include <vector>

#include "gossamer/ports/object_store.hpp"
#include "gossamer/store.hpp"
#include "journal/entry.hpp"

namespace gossamer {

/// The local stores of units: opened, built beside, checkpointed, closed. Does what the journal
/// engine decides and decides nothing.
///
/// Confined to the loop, except the Store handles. Every `done` runs once, on the loop, never from
/// inside the call. Orders for one unit are carried out in the order in which they were given.
class UnitStores {
 public:
  virtual ~UnitStores() = default;
  template <class T>
  using Done = UniqueFunction<void(Result<T>)>;

  /// Hears of every commit that became durable here, and of stores that failed. Set once, before
  /// any open.
  class Listener {
   public:
    virtual ~Listener() = default;
    /// On the loop, in sequence order for a unit. The listener owes `done` its answer.
    virtual void on_committed(const UnitId& unit, Epoch epoch, journal::Commit commit,
                              Durability durability, Store::Committed done) = 0;
    /// On the loop, once, of a store that serves: a write failed, and whether it is on the disk is
    /// not known. Every further commit fails with `error`, until the store is closed and opened
    /// again.
    virtual void on_broken(const UnitId& unit, Epoch epoch, const Error& error) = 0;
  };
  virtual void set_listener(Listener* listener) = 0;

  virtual void inspect(const UnitId& unit, Done<journal::StoreState> done) = 0;
  /// Durable when done. The unit's store exists and is closed.
  virtual void record_claim(const UnitId& unit, const journal::Nonce& nonce, Done<void> done) = 0;
  /// Moves the closed store away; absent is fine.
  virtual void set_aside(const UnitId& unit, Done<void> done) = 0;

  /// Empties the unit's building place.
  virtual void begin_build(const UnitId& unit, Done<void> done) = 0;
  /// Where a fetched file of the build goes. `file.name` is checked: no path may lead outside.
  virtual std::shared_ptr<ByteSink> build_file(const UnitId& unit,
                                               const journal::ManifestFile& file) = 0;
  /// Verifies sizes and hashes, syncs, and renames the build to the store's place. Errors:
  /// corrupted.
  virtual void adopt_build(const UnitId& unit, std::shared_ptr<const journal::Manifest> manifest,
                           Done<void> done) = 0;

  struct Opened {
    journal::Sequence sequence = 0;
    std::vector<journal::Commit> tail;  ///< Kept because not known to be in the journal.
  };
  /// Opens or creates; records `opened_under` and the nonce, and forgets recorded claims before it,
  /// durably. Errors: corrupted, io.
  virtual void open(const UnitId& unit, Epoch epoch, const journal::Nonce& nonce,
                    Done<Opened> done) = 0;
  /// Skips what is at or below the store's sequence. Gives the new sequence.
  virtual void apply(const UnitId& unit, std::vector<journal::Commit> commits,
                     Done<journal::Sequence> done) = 0;
  /// From now on commits are accepted. The handle of an open unit; null if it is not open.
  virtual std::shared_ptr<Store> serve(const UnitId& unit) = 0;

  virtual void checkpoint(const UnitId& unit, std::uint64_t attempt,
                          Done<journal::CheckpointState> done) = 0;
  virtual std::shared_ptr<ByteSource> checkpoint_file(const UnitId& unit, std::uint64_t attempt,
                                                      const std::string& name) = 0;
  virtual void drop_checkpoint(const UnitId& unit, std::uint64_t attempt) = 0;

  /// Commits up to `through` are in the journal: need not be kept for shipping, and
  /// durable_sequence(frozen) is at least `through`.
  virtual void trim(const UnitId& unit, journal::Sequence through) = 0;
  /// No commit is accepted from the moment of the call on: it ends with `reason`, and so does what
  /// was accepted and not written. What was written and not told ends as unknown_outcome. The files
  /// stay.
  virtual void close(const UnitId& unit, Error reason, Done<void> done) = 0;
};

}  // namespace gossamer
