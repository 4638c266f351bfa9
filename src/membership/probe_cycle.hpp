#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <vector>

#include "base/instant.hpp"
#include "base/random.hpp"
#include "gossamer/membership_options.hpp"
#include "membership/member_table.hpp"
#include "membership/membership.hpp"
#include "membership/probe_order.hpp"

namespace gossamer::membership {

/// One probe in each period: a ping; after probe_timeout the same through others and by stream; at
/// 3 x probe_timeout without any ack the member is found silent. Nothing is decided here about what
/// silence means.
class ProbeCycle {
 public:
  ProbeCycle(const MembershipOptions& options, const NodeId& self, std::uint64_t seed);

  /// The first period begins at a random time within one, so that nodes started together spread.
  void start(Instant now);
  void stop();
  /// Anything at all was received: we are not cut off.
  void on_heard() { has_heard_ = true; }
  /// Probes it before others, and as soon as no probe is on its way.
  void urge(Instant now, const NodeId& id);
  /// Who was probed, if it answers the probe on its way: its sequence, from the target or from one
  /// asked.
  std::optional<NodeId> on_ack(const NodeId& from, std::uint64_t sequence);
  bool on_nack(const NodeId& from, std::uint64_t sequence);
  /// The member found silent, if a probe has ended so.
  std::optional<NodeId> on_deadline(Instant now, const MemberTable& table, ProbeOrder& order,
                                    Outbox& outbox);
  /// The probe on its way is dropped without verdict, the next one is later by the gap.
  void on_stall(Duration gap);
  std::optional<Instant> next_deadline() const;
  const ProbeCounts& counts() const { return counts_; }

 private:
  struct Probe {
    NodeId target;
    Endpoint endpoint;
    std::uint64_t sequence = 0;
    Instant next_step;  ///< Ask others, then the verdict.
    bool has_asked_others = false;
    std::vector<NodeId> helpers{};
  };
  void begin(Instant now, const NodeId& target, const MemberTable& table, Outbox& outbox);
  void begin_urgent(Instant now, const MemberTable& table, Outbox& outbox);
  void ask_others(Instant now, const MemberTable& table, Outbox& outbox);
  std::optional<NodeId> conclude(const MemberTable& table, Outbox& outbox);

  MembershipOptions options_;
  NodeId self_;
  Random random_;
  std::uint64_t next_sequence_;
  std::optional<Instant> next_period_;
  std::optional<Probe> probe_;
  std::deque<NodeId> urgent_;  ///< Each once; so no more than there are members.
  Instant urged_at_{};
  ProbeCounts counts_{};
  bool has_heard_ = false;
  std::size_t cut_off_probes_ = 0;  ///< In a row, with nothing received meanwhile.
};

}  // namespace gossamer::membership
