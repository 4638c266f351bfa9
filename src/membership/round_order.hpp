#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>

#include "base/sorted_chunks.hpp"
#include "membership/probe_ring.hpp"

namespace gossamer::membership {

/// In which order the live members are asked in one round. Each has a place on a circle by a hash
/// of its id, and from round to round goes on from there, forwards only and by a 32nd of the circle
/// at most; in 32 rounds it comes to the place of another hash, and sets out for the next. So each
/// one's moment is nearly that of the round before, and yet the order is another after a minute.
///
/// Eight bytes for each member: which id it is of follows from the ring, so no id is kept.
class RoundOrder {
 public:
  RoundOrder(std::int64_t round, const ProbeRing& ring);

  std::int64_t round() const { return round_; }
  std::size_t size() const { return order_.size(); }
  /// The ring has changed by this one.
  void add(const NodeId& id) { order_.insert(standing_of(id)); }
  void remove(const NodeId& id) { order_.remove(standing_of(id)); }
  /// Requires: it stands in the ring.
  std::size_t place_of(const NodeId& id, const ProbeRing& ring) const;
  /// Requires: place < size().
  const NodeId& at(std::size_t place, const ProbeRing& ring) const;

 private:
  struct Standing {
    std::uint32_t phase;  ///< Of the whole circle.
    std::uint32_t head;   ///< The first bytes of the id, from which the phase follows.
    auto operator<=>(const Standing&) const = default;
  };
  Standing standing_of(const NodeId& id) const;

  std::int64_t round_;
  std::uint64_t mark_;       ///< Of the hash that members come from,
  std::uint64_t next_mark_;  ///< and of that to which they go.
  std::uint64_t steps_;      ///< So many of them are done.
  SortedChunks<Standing> order_{};
};

}  // namespace gossamer::membership
