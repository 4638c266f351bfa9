#pragma once

#include <deque>
#include <optional>

#include "base/instant.hpp"
#include "base/random.hpp"
#include "membership/member_table.hpp"
#include "membership/period_clock.hpp"
#include "membership/probe_order.hpp"
#include "membership/probe_ring.hpp"

namespace gossamer::membership {

/// When whom is probed: one member in each period, by the ring and at its own phase; and whoever is
/// urgent at once. Without the ring (plain SWIM): in random order, at this node's phase.
class ProbeSchedule {
 public:
  ProbeSchedule(Duration period, const NodeId& self, bool has_ring, std::uint64_t seed);

  void start(Instant now, const PeriodClock& clock);
  void stop();
  void add(const NodeId& id);
  void remove(const NodeId& id);
  /// Before others.
  void urge(Instant now, const NodeId& id);
  /// Only one period in so many is used, while this node doubts itself.
  void slow_down(std::int64_t factor);

  /// Who is to be probed now; to be asked until there is nobody.
  std::optional<NodeId> take_due(Instant now, const PeriodClock& clock);
  /// We did not run: what was due in that time is not caught up with.
  void on_stall(Instant now, const PeriodClock& clock);
  std::optional<Instant> next_deadline(const PeriodClock& clock) const;
  const ProbeRing& ring() const { return ring_; }

 private:
  /// For one period. Empty target: drawn when it is due.
  struct Choice {
    std::int64_t period;
    std::optional<NodeId> target;
    Duration phase;
  };
  const Choice& next() const;

  Duration period_;
  bool has_ring_;
  Random random_;
  ProbeRing ring_;
  ProbeOrder order_;
  Duration phase_{0};  ///< Of this node, without the ring.
  std::int64_t factor_ = 1;
  std::optional<std::int64_t> last_period_;  ///< Of the last probe; empty: stopped.
  mutable std::optional<Choice> next_;       ///< Kept until the ring or last_period_ changes.
  std::deque<NodeId> urgent_;                ///< Each once; so no more than there are members.
  Instant urged_at_{};
};

}  // namespace gossamer::membership
