#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/instant.hpp"
#include "gossamer/events.hpp"
#include "gossamer/membership.hpp"
#include "gossamer/naming_record.hpp"
#include "gossip/effect.hpp"
#include "naming/canaries.hpp"
#include "naming/record.hpp"
#include "naming/teller.hpp"

namespace gossamer::naming {

/// Sign it as this node's statement and give it to gossip.
struct Publish {
  RecordStatement statement;
};
/// The answer to resolve(name) has changed.
struct Changed {
  std::string name;
};
/// A record of this epoch is held, and the epoch is confirmed: its owner did start.
struct EpochPublished {
  UnitId unit;
  Epoch epoch;
};
/// Somebody says that a unit has an epoch that is not known here: look at the newest entry of its
/// journal, and feed back what is there as on_journal_read.
struct ConfirmEpoch {
  UnitId unit;
};
struct Notify {
  Event event;
};
/// Somebody announced a claim: read its slot, and feed back what is there as on_claim_read.
struct ReadClaim {
  std::uint64_t question;
  UnitId unit;
  std::uint64_t slot;
};
/// The journal bears the claim out, and none above it is known.
struct ClaimConfirmed {
  ClaimHeard claim;
};
/// The journal does not bear it out: its author lies. `is_claim`: it was announced; else it is the
/// epoch of a record, whose `slot` is 0. Of a record it is told once, until the author is forgotten
/// as a liar about that unit.
struct Refuted {
  ClaimHeard claim;
  bool is_claim;
};
using Effect =
    std::variant<Publish, Changed, EpochPublished, ConfirmEpoch, ReadClaim, ClaimConfirmed, Refuted,
                 Notify, gossip::Forget, gossip::Hush, gossip::Unhush, gossip::Trace>;
using Outbox = std::vector<Effect>;

/// The registry of names: records owned by their node, merged by version. Pure.
///
/// A record counts while its node is live and it is not withdrawn. Of one owned unit only the
/// record of the highest confirmed epoch counts, by the node that claimed it where that is known,
/// and an epoch once returned is never undercut: while its owner is down and nobody has published a
/// higher one, the answer is empty. A unit that was claimed once is owned from then on: records of
/// it without an epoch count no longer.
///
/// The epochs of records_max units are remembered. At that bound those of a service that was
/// undeployed, and forgotten, give way; no other does, and the records of a unit for which there is
/// no room never count, which is the safe side. So an epoch is undercut only if its service was
/// deployed anew after records_max others, and even then it is asked for in the journal first,
/// which forgets no claim.
///
/// A claim that a live member announces is a **doubt** until the journal has been read: lower
/// epochs of its unit are not answered, for they may be over, and it is not answered itself. While
/// the journal cannot be read the doubt stays, and the answer is empty: an owner that was replaced
/// must not be answered by who has heard of it, and what the others say is all that can be had.
/// What the journal does not bear out is over at once, and its author is known as a liar about that
/// unit: until the journal holds a claim of its own there, its claims are refused, and its records
/// asked about once a minute at most. So a lie costs a name one read, once for each liar and unit.
/// kLiarsMax of them are remembered; of questions see Inquiries.
/// **Threads**: none.
class Naming {
 public:
  static constexpr std::size_t kLiarsMax = 10'000;
  struct Options {
    std::uint64_t first_version = 1;  ///< Higher than any of an earlier boot.
    Duration tombstone_time = std::chrono::minutes{10};
    std::size_t records_max = 100'000;
    Canaries::Options canaries{};
  };
  Naming(NodeId self, Options options);
  ~Naming();
  Naming(Naming&&) noexcept;

  /// Errors: invalid_argument names the bad field; resource_exhausted at records_max.
  Result<void> publish(Instant now, NameRecord record, Outbox& outbox);
  void withdraw(Instant now, const std::string& name, std::uint32_t ordinal, Outbox& outbox);

  /// Verified to be the author's. True: held and to be told. What an earlier run of this node left
  /// behind is answered with a withdrawal.
  bool on_record(Instant now, const NodeId& author, const RecordStatement& statement,
                 Outbox& outbox);
  /// Won by this node, or read in the journal, or announced where there is no journal to read:
  /// epochs up to it are real, lower ones are over. `claimant` may be zero, for not known.
  void on_claim(Instant now, const UnitId& unit, Epoch epoch, const NodeId& claimant,
                Outbox& outbox);
  /// Announced by another, verified to be the author's. True: held and to be told. False: of a
  /// liar, or there is no room for it now.
  bool on_claim_heard(Instant now, const ClaimHeard& claim, Outbox& outbox);

  enum class SlotContent : std::uint8_t {
    unknown,     ///< No answer.
    unreadable,  ///< Something is there: not of this cluster, or damaged.
    absent,
    claim,
    other,  ///< Another entry.
  };
  /// Answers ReadClaim: read after the question was put. `epoch` and `writer`: of a claim.
  void on_claim_read(Instant now, std::uint64_t question, SlotContent content, Epoch epoch,
                     const NodeId& writer, Outbox& outbox);
  /// What is known of the newest entry of a journal.
  struct JournalRead {
    bool is_reliable = false;  ///< False: no answer, or one that cannot be read.
    bool is_fresh =
        false;          ///< Read after all ConfirmEpoch of this unit; else another read follows.
    Epoch epoch = 0;    ///< 0: an empty journal.
    NodeId claimant{};  ///< Zero: that entry does not tell.
  };
  /// Answers ConfirmEpoch. May come unasked.
  void on_journal_read(Instant now, const UnitId& unit, const JournalRead& read, Outbox& outbox);
  /// The service was undeployed so long ago that nobody speaks of its claims any more: the epochs
  /// of its units may give way to others, once those of records_max units are remembered.
  void on_forgotten(const std::string& service);
  void on_members(Instant now, const MemberView& members, Outbox& outbox);
  /// From the cache of an earlier run: answers until something newer is known, marked stale.
  void on_cached(const NodeId& author, const RecordStatement& statement);
  void on_deadline(Instant now, Outbox& outbox);
  std::optional<Instant> next_deadline() const;

  /// Live records of `name`, by ordinal, then node.
  std::vector<NameRecord> resolve(std::string_view name) const;
  /// The record that counts for one owned unit.
  std::optional<NameRecord> resolve(const UnitId& unit) const;
  /// The highest claim of the unit that is in doubt.
  std::optional<ClaimHeard> doubted(const UnitId& unit) const;
  std::vector<std::string> names() const;
  /// Held, tombstones and cached ones included.
  std::size_t record_count() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace gossamer::naming
