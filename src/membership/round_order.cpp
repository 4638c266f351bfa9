#include "membership/round_order.hpp"

#include <algorithm>
#include <vector>

namespace gossamer::membership {
namespace {

constexpr std::int64_t kRoundsPerEra = 32;

// SplitMix64's last step. Ids are hashes of keys, so this need not resist anybody.
std::uint64_t mix(std::uint64_t value) {
  value += 0x9E3779B97F4A7C15;
  value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9;
  value = (value ^ (value >> 27)) * 0x94D049BB133111EB;
  return value ^ (value >> 31);
}

std::uint32_t head_of(const NodeId& id) {
  std::uint32_t head = 0;
  for (std::size_t i = 0; i < 4; ++i) head |= std::uint32_t{id.bytes[i]} << (8 * i);
  return head;
}

// The lowest id that begins so.
NodeId first_of(std::uint32_t head) {
  NodeId id;
  for (std::size_t i = 0; i < 4; ++i) id.bytes[i] = static_cast<std::uint8_t>(head >> (8 * i));
  return id;
}

std::int64_t era_of(std::int64_t round) {
  return round >= 0 ? round / kRoundsPerEra : -1 - (-1 - round) / kRoundsPerEra;
}

}  // namespace

RoundOrder::RoundOrder(std::int64_t round, const ProbeRing& ring) : round_(round) {
  const std::int64_t era = era_of(round);
  mark_ = mix(static_cast<std::uint64_t>(era));
  next_mark_ = mix(static_cast<std::uint64_t>(era + 1));
  steps_ = static_cast<std::uint64_t>(round - era * kRoundsPerEra);
  std::vector<Standing> all;
  all.reserve(ring.size());
  for (const NodeId& id : ring.ids()) all.push_back(standing_of(id));
  std::sort(all.begin(), all.end());
  order_ = SortedChunks<Standing>{all};
}

// The way is counted modulo 2^64, so it leads forwards and once around at most. One that stepped
// back across the round's begin would be asked at the end of the round in which it was due at its
// begin.
RoundOrder::Standing RoundOrder::standing_of(const NodeId& id) const {
  const std::uint32_t head = head_of(id);
  const std::uint64_t from = mix(head ^ mark_);
  const std::uint64_t way = mix(head ^ next_mark_) - from;
  const std::uint64_t phase = from + way / kRoundsPerEra * steps_;
  return {static_cast<std::uint32_t>(phase >> 32), head};
}

// Those that begin alike have one standing, and among them the lowest id comes first.
std::size_t RoundOrder::place_of(const NodeId& id, const ProbeRing& ring) const {
  const Standing standing = standing_of(id);
  const SortedChunks<NodeId>& ids = ring.ids();
  const std::size_t among_equals =
      ids.index_of(ids.find(id)) - ids.index_of(ids.lower_bound(first_of(standing.head)));
  return order_.index_of(order_.lower_bound(standing)) + among_equals;
}

const NodeId& RoundOrder::at(std::size_t place, const ProbeRing& ring) const {
  const Standing standing = order_.at(place);
  const std::size_t among_equals = place - order_.index_of(order_.lower_bound(standing));
  return ring.after(first_of(standing.head), among_equals);
}

}  // namespace gossamer::membership
