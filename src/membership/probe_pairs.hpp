#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "base/instant.hpp"
#include "base/sorted_chunks.hpp"
#include "membership/probe_ring.hpp"

namespace gossamer::membership {

/// Whom a node has to do with in a round of two periods. A probe shows two nodes that the other
/// lives: the one that asks by the answer, and the one that is asked by the question. So each node
/// asks once in a round and is asked once, half as often as if every member were asked in every
/// period, and is still seen to live about once in each period.
///
/// All live members are drawn up in an order, by a hash that changes with every era of eight
/// rounds. Each one has its own moment in the round, by its place, and is asked then by the one
/// that stands about half of the order away: so when it asks itself, a period has passed. How far
/// exactly changes with each round, so that no two nodes depend on one another for long. Views that
/// differ by a member differ by a place or two.
class ProbePairs {
 public:
  /// Of fewer than this each asks another in each period: there, who is silent may have been the
  /// only one to see that another is.
  static constexpr std::size_t kMembersMin = 32;

  struct Pair {
    NodeId probed{};            ///< Whom this node asks,
    Duration probed_at{0};      ///< so long after the round's begin.
    NodeId prober{};            ///< Who asks this node,
    Duration prober_due_at{0};  ///< then.
  };

  ProbePairs(const NodeId& self, Duration round) : self_(self), round_(round) {}

  /// The ring has changed by this one.
  void add(const NodeId& id);
  void remove(const NodeId& id);
  /// Requires: kMembersMin members or more, this node among them.
  Pair in_round(std::int64_t round, const ProbeRing& ring);

 private:
  void draw_up(std::int64_t era, const ProbeRing& ring);
  const NodeId& member_at(std::size_t place, const ProbeRing& ring) const;
  Duration moment_of(std::size_t place) const;

  NodeId self_;
  Duration round_;
  std::optional<std::int64_t> era_{};  ///< Of the order held.
  std::uint64_t mark_ = 0;             ///< Of the era.
  /// The rank of each. Which id it is of follows from it, so nothing else is kept; and who comes or
  /// goes takes a place or gives it up, without all being ranked anew.
  SortedChunks<std::uint64_t> order_{};
};

}  // namespace gossamer::membership
