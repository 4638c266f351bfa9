#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "base/instant.hpp"
#include "membership/probe_ring.hpp"
#include "membership/round_order.hpp"

namespace gossamer::membership {

/// Whom a node has to do with in a round of two periods. A probe shows two nodes that the other
/// lives: the one that asks by the answer, and the one that is asked by the question. So each node
/// is asked once in a round, and asks once after each time that it was asked, half as often as if
/// every member were asked in every period, and is still seen to live about once in each period.
///
/// Members are asked one after the other, in an order that all share and that moves a little from
/// round to round (RoundOrder). Who has been asked asks the one whose turn it is nearly half of the
/// order later, so about a period later, in the next round if need be; by then others stand there
/// than a round ago, so no two nodes depend on one another for long. Views that differ by a member
/// differ by a place or two.
class ProbePairs {
 public:
  /// Of fewer than this each asks another in each period: there, who is silent may have been the
  /// only one to see that another is.
  static constexpr std::size_t kMembersMin = 32;

  struct Meeting {
    NodeId with{};
    Duration at{0};  ///< After the round's begin.
  };
  struct Duties {
    std::vector<Meeting> asks{};  ///< One; none or two where its turn falls on a begin.
    std::optional<Meeting> asked_by{};
  };

  ProbePairs(const NodeId& self, Duration round) : self_(self), round_(round) {}

  /// The ring has changed by this one.
  void add(const NodeId& id);
  void remove(const NodeId& id);
  /// Requires: kMembersMin members or more, this node among them.
  Duties in_round(std::int64_t round, const ProbeRing& ring);

 private:
  void draw_up(std::int64_t round, const ProbeRing& ring);

  NodeId self_;
  Duration round_;
  std::optional<RoundOrder> order_{};
  std::optional<RoundOrder> before_{};  ///< Of the round before that.
};

}  // namespace gossamer::membership
