#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "journal/decisions.hpp"

namespace gossamer::journal {

/// A journal read downward from a claim until the newest freeze and every slot above the one that
/// it covers are known: which entries make up the state, and whether they follow on one another.
class Walk {
 public:
  /// Commits of entries are kept up to so many bytes; what is beyond is read again for the replay.
  static constexpr std::size_t kBodyBytesMax = 64 * 1024 * 1024;

  /// `slots`: ascending, all below the claim.
  void begin(Slot claim_slot, Epoch claim_epoch, std::vector<Slot> slots);

  enum class Verdict : std::uint8_t {
    incomplete,  ///< Read more.
    complete,    ///< `freeze()` and everything above what it covers are known and in order.
    gap,         ///< A slot that must be there is not listed.
    broken,      ///< An entry cannot be read, or its epoch contradicts its neighbour's.
  };
  Verdict verdict() const { return verdict_; }
  const std::string& trouble() const { return trouble_; }

  /// The next slot to read, highest first; nothing while no more is needed. Below the covered slot
  /// only while `claims_above` asks for claims.
  std::optional<Slot> next_to_read();
  /// An entry was read; null if it could not be understood.
  void on_entry(Slot slot, std::shared_ptr<const JournalEntry> entry);
  /// A listed slot was gone when it was read: a gap if it is needed, and no claim if it is not.
  void on_absent(Slot slot);

  /// The newest usable freeze, as far as is known; none: the journal begins at slot 1.
  const JournalEntry* freeze() const;
  Slot freeze_slot() const { return freeze_slot_; }
  Slot covered() const;
  /// The freeze is not usable: look for the one before.
  void reject_freeze();

  /// Claims with an epoch in (epoch, the claim's); nothing while more must be read to know them.
  std::optional<std::vector<ClaimSeen>> claims_above(Epoch epoch);
  /// Whether a claim of `epoch` was met that `writer` did not make.
  bool is_claimed_by_other(Epoch epoch, const NodeId& writer) const;

  /// Slots of batches above the covered slot that hold a write above `sequence`, ascending.
  std::vector<Slot> batches_above(Sequence sequence) const;
  Sequence last_sequence() const;
  /// The entry with its commits, if they were kept.
  std::shared_ptr<const JournalEntry> body(Slot slot) const;
  /// The entry was read again: hold it, however much is held.
  void hold_body(Slot slot, std::shared_ptr<const JournalEntry> entry);
  void drop_body(Slot slot);

  /// Entries above the covered slot that are not freezes.
  std::uint64_t entries_behind() const;
  /// Slots that were seen to hold what may, and what may never be deleted (rule 5).
  void collect_types(std::set<Slot>& may_go, std::set<Slot>& must_stay) const;

 private:
  struct Header {
    JournalEntry entry{};  ///< Without its commits.
    Sequence first = 0, last = 0;
    bool is_readable = true;
    bool is_absent = false;
  };
  void advance();
  bool follows(Slot lower) const;
  bool is_listed(Slot slot) const;

  Slot claim_slot_ = 0;
  Epoch claim_epoch_ = 0;
  std::vector<Slot> slots_;
  std::size_t unread_ = 0;  ///< slots_[0, unread_) were not given out since the last rewind.
  std::map<Slot, Header> headers_;
  std::map<Slot, std::shared_ptr<const JournalEntry>> bodies_;
  std::size_t body_bytes_ = 0;
  Slot known_down_to_ = 0;  ///< Every slot from here to the claim is read and in order.
  Slot freeze_slot_ = 0;
  std::set<Slot> rejected_;
  bool seeks_claims_ = false;
  Verdict verdict_ = Verdict::incomplete;
  std::string trouble_;
};

}  // namespace gossamer::journal
