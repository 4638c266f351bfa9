#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <vector>

#include "gossamer/membership.hpp"
#include "gossamer/naming_record.hpp"

namespace gossamer::node {

/// How long members' answers take, as this node has measured it. Flat and sorted, for each node has
/// one of all members; changed about once in a probe_interval.
class Nearness {
 public:
  void note(const NodeId& member, std::chrono::microseconds round_trip);
  /// Forgets who is not there any more.
  void keep_only(const MemberView& members);
  std::optional<std::chrono::microseconds> of(const NodeId& member) const;
  std::size_t size() const { return measured_.size(); }

 private:
  struct Measured {
    NodeId member;
    std::uint32_t us;
  };
  std::vector<Measured>::const_iterator place_of(const NodeId& member) const;

  std::vector<Measured> measured_;  ///< By member.
};

/// One for each of `records`.
using RoundTrips = std::vector<std::optional<std::chrono::microseconds>>;

/// The nearest first: those of `self`, then by round trip. Those that were not measured come last,
/// and among equals those in the zone of `self` come first; else they stay as they were.
std::vector<NameRecord> nearest(std::vector<NameRecord> records, const RoundTrips& round_trips,
                                const NodeId& self, const MemberView& members);

}  // namespace gossamer::node
