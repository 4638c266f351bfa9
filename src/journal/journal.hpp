#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <vector>

#include "base/instant.hpp"
#include "base/random.hpp"
#include "journal/effect.hpp"

namespace gossamer::journal {

/// The journals of all units that this node owns, claims, reads or withdraws: append, claim,
/// freeze, thaw, prune and fence, by the seven rules of docs/STORAGE.md (checked as
/// docs/spec/journal.pml). Pure: no clock, no I/O, no callback. **Threads**: none.
class Journal {
 public:
  struct Options {
    Duration idle_look = std::chrono::seconds{5};         ///< Rule 6.
    Duration retry_min = std::chrono::milliseconds{100};  ///< After an unknown outcome; doubles
    Duration retry_max = std::chrono::seconds{5};         ///< up to this, with jitter.
    std::size_t entry_bytes_max = 4 * 1024 * 1024;
    std::size_t ship_bytes = 1024 * 1024;  ///< Ship before the interval when so much waits.
    std::size_t parallel_transfers = 8;
    std::size_t retained_freezes = 2;
    /// Units that nothing is done about, remembered to find their tip faster. Beyond it the one
    /// that has been idle for longest is dropped, which costs a longer listing.
    std::size_t idle_units_max = 10'000;
  };
  Journal(Options options, NodeId self, std::uint64_t seed);
  ~Journal();
  Journal(Journal&&) noexcept;

  /// How this unit's service wants to be stored. Of the spec that it was claimed for.
  struct UnitPolicy {
    std::uint64_t spec_version = 0;
    Duration ship_interval = std::chrono::seconds{1};
    std::uint32_t freeze_after_entries = 1'000;
  };

  /// Look at the tip. Ends in Observed. A call while one runs makes another follow, which all calls
  /// until then share: what one sees was there after it was called.
  void observe(Instant now, const UnitId& unit, Outbox& outbox);
  /// Read a slot that is said to hold a claim. Ends in one SlotRead with this ticket.
  void read_slot(Instant now, const UnitId& unit, Slot slot, std::uint64_t ticket, Outbox& outbox);
  /// Try to own the unit. Ends in ClaimEnded; if won, Ready follows, or ClaimEnded failed or
  /// withdrawn, or Fenced. A unit that is owned already answers lost, with this node as the owner.
  /// `tip_expected`: end as busy if the tip has moved beyond it by its own epoch's writer.
  void claim(Instant now, const UnitId& unit, const UnitPolicy& policy,
             std::optional<Slot> tip_expected, Outbox& outbox);
  /// Append `withdrawn(spec_version)` at the tip until it is in or a newer spec exists. If this
  /// node owns the unit it ships, appends, stops owning and closes the store.
  void withdraw(Instant now, const UnitId& unit, std::uint64_t spec_version, Outbox& outbox);
  /// Freeze what the store holds now. Each freeze ends in one FreezeEnded event; a call while one
  /// runs makes another follow, which all calls until then share.
  FreezeStart freeze(Instant now, const UnitId& unit, Outbox& outbox);
  /// Stop owning without withdrawing (leave, failed start): ships what waits, then closes the
  /// store; CloseStore says that it is over. Ends a claim that is under way as failed.
  void release(Instant now, const UnitId& unit, Outbox& outbox);

  /// A commit is durable in the local store of a unit that we own. In order, without gaps.
  /// `is_urgent`: somebody waits for `frozen`; else the ship interval applies.
  void on_committed(Instant now, const UnitId& unit, Epoch epoch, Commit commit, bool is_urgent,
                    Outbox& outbox);
  /// A higher epoch was heard of. Gossip decides nothing: it only makes us look at our next slot.
  void on_rumoured_epoch(Instant now, const UnitId& unit, Epoch epoch, Outbox& outbox);
  void on_done(Instant now, Op op, Answer answer, Outbox& outbox);
  void on_deadline(Instant now, Outbox& outbox);
  std::optional<Instant> next_deadline() const;

  /// What this node owns, with its epoch (confirmed claims only).
  std::optional<Epoch> owned_epoch(const UnitId& unit) const;
  /// The nonce of our current or latest claim (rule 7).
  std::optional<Nonce> nonce(const UnitId& unit) const;
  /// Units remembered: those with something under way, and at most idle_units_max others.
  std::size_t unit_count() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace gossamer::journal
