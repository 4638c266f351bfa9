#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <variant>
#include <vector>

#include "base/instant.hpp"
#include "gossamer/events.hpp"
#include "gossamer/membership.hpp"
#include "gossip/effect.hpp"
#include "ownership/announcement.hpp"

namespace gossamer::ownership {

/// Look at the tip of the unit's journal; answer with on_observed.
struct Observe {
  UnitId unit;
};
/// Ask the user; answer with on_may_take.
struct AskMayTake {
  UnitId unit;
  Epoch last_epoch;
  NodeId owner{};  ///< The last one known; zero: nobody.
};
/// Try to own it; answer with on_claim_ended. `tip_expected` unless the owner was already gone.
struct Claim {
  UnitId unit;
  std::uint64_t spec_version;
  std::optional<std::uint64_t> tip_expected;
};
/// The newest spec says that nobody runs it (or not this ordinal): stop, append `withdrawn`.
struct Withdraw {
  UnitId unit;
  std::uint64_t spec_version;
};
struct Notify {
  Event event;
};
using Effect = std::variant<Observe, AskMayTake, Claim, Withdraw, Notify, gossip::Trace>;
using Outbox = std::vector<Effect>;

enum class ClaimResult : std::uint8_t { won, lost, withdrawn, busy, failed };

/// Who should run what, and when this node may try: specs, ranking, patience. It never decides who
/// owns; the journal does. Pure. **Threads**: none.
class Ownership {
 public:
  struct Options {
    Duration rank_step = std::chrono::milliseconds{500};  ///< Rank r waits r x this.
    Duration hesitation = std::chrono::seconds{20};  ///< Of minorities, and of the unreachable.
    Duration retry = std::chrono::seconds{2};        ///< After a failed claim or observation.
    std::size_t claims_parallel_max = 4;             ///< Storms are capped.
    std::size_t units_max = 10'000;
  };
  Ownership(Options options, NodeId self);
  ~Ownership();
  Ownership(Ownership&&) noexcept;

  /// The newest version of a spec, read from the object store (also one's own, once created).
  void on_spec(Instant now, const SpecVersion& spec, Outbox& outbox);
  void on_members(Instant now, const MemberView& members, Outbox& outbox);
  /// Members whose machines will never run again: their silence is no sign that this node has lost
  /// touch, so it does not hesitate for it. They count as owners like all that are down.
  void on_gone(Instant now, const std::set<NodeId>& ids, Outbox& outbox);
  /// Announced by gossip and borne out by the journal, or won by this node. (Where there is no
  /// object store to read, and so nothing to own, the announcement must do.) Lower epochs than
  /// known are ignored: a made-up one would keep this node from claiming for ever.
  void on_claim(Instant now, const ClaimAnnouncement& claim, Outbox& outbox);
  /// Answer to Observe. An owner that is this node, which holds no such claim now, counts as down
  /// (rule 7).
  struct Observation {
    UnitId unit;
    bool is_reliable = false;
    std::uint64_t tip = 0;
    Epoch epoch = 0;
    NodeId owner{};
    bool is_withdrawn = false;
    std::uint64_t withdrawn_version = 0;
  };
  void on_observed(Instant now, const Observation& observation, Outbox& outbox);
  void on_may_take(Instant now, const UnitId& unit, bool may, Outbox& outbox);
  void on_claim_ended(Instant now, const UnitId& unit, ClaimResult result, Epoch epoch,
                      const NodeId& owner, Outbox& outbox);
  /// This node stopped owning it: fenced, released, or its start failed.
  void on_stopped(Instant now, const UnitId& unit, Outbox& outbox);
  /// Naming holds a record of this unit with this epoch, which is confirmed: its owner did start.
  void on_published(Instant now, const UnitId& unit, Epoch epoch);
  /// No more claims from here: this node is leaving.
  void stop_claiming();
  void on_stall(Instant now, Duration gap);
  void on_deadline(Instant now, Outbox& outbox);
  std::optional<Instant> next_deadline() const;

  struct UnitStatus {
    UnitId unit;
    NodeId owner{};  ///< Zero: nobody.
    Epoch epoch = 0;
  };
  std::vector<UnitStatus> status() const;
  const SpecVersion* spec(const std::string& service) const;
  std::vector<SpecVersion> specs() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace gossamer::ownership
