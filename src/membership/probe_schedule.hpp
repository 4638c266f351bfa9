#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <vector>

#include "base/instant.hpp"
#include "base/random.hpp"
#include "membership/member_table.hpp"
#include "membership/period_clock.hpp"
#include "membership/probe_order.hpp"
#include "membership/probe_pairs.hpp"
#include "membership/probe_ring.hpp"

namespace gossamer::membership {

/// When whom is probed: by pairs, half a probe in each period, or in small clusters and without
/// pairs one member in each period, by the ring and at its own phase; and whoever is urgent at
/// once. Without the ring (plain SWIM): in random order, at this node's phase.
class ProbeSchedule {
 public:
  enum class Style : std::uint8_t { random, ring, pairs };

  ProbeSchedule(Duration period, const NodeId& self, Style style, std::uint64_t seed);

  void start(Instant now, const PeriodClock& clock);
  void stop();
  void add(const NodeId& id);
  void remove(const NodeId& id);
  /// Before others.
  void urge(Instant now, const NodeId& id);
  /// Only one round in so many is used from now on, while this node doubts itself.
  void slow_down(Instant now, std::int64_t factor, const PeriodClock& clock);
  /// Who is to probe this node may be so late, before it is probed itself.
  void allow(Duration margin) { margin_ = margin; }
  /// Something came from it, so it lives.
  void note_heard(Instant now, const NodeId& from, const PeriodClock& clock);
  /// The clock was moved: if far back, what was reached is ahead of it.
  void on_clock_moved(Instant now, const PeriodClock& clock);

  /// Who is to be probed now; to be asked until there is nobody.
  std::optional<NodeId> take_due(Instant now, const PeriodClock& clock);
  /// We did not run: what was due in that time is not caught up with.
  void on_stall(Instant now, const PeriodClock& clock);
  std::optional<Instant> next_deadline(const PeriodClock& clock) const;
  const ProbeRing& ring() const { return ring_; }

 private:
  struct Duty {
    Duration phase;                  ///< In its round.
    std::optional<NodeId> member{};  ///< Empty: drawn when it is due.
    bool is_awaited = false;         ///< It probes us; its turn comes only if it does not.
  };
  static std::int64_t round_at(Instant at, const PeriodClock& clock);
  void move_to(Instant at, const PeriodClock& clock);
  /// The next duties: of the round reached, or of one that comes.
  const std::vector<Duty>& pending() const;
  std::vector<Duty> duties_in(std::int64_t round) const;
  Instant due_at(const Duty& duty, const PeriodClock& clock) const;

  Duration period_;
  Style style_;
  Random random_;
  ProbeRing ring_;
  ProbeOrder order_;
  mutable ProbePairs pairs_;
  Duration phase_{0};  ///< Of this node, without the ring.
  Duration margin_;
  std::int64_t factor_ = 1;
  bool is_started_ = false;
  mutable std::int64_t round_ = 0;             ///< Of the pending duties,
  mutable std::optional<Duration> reached_{};  ///< of which those up to here are done.
  mutable std::vector<Duty> pending_{};        ///< By phase; empty: to be found.
  std::optional<std::int64_t> heard_in_{};     ///< The round in which its prober was heard.
  std::deque<NodeId> urgent_;                  ///< Each once; so no more than there are members.
  Instant urged_at_{};
};

}  // namespace gossamer::membership
