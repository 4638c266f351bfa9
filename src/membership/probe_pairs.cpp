#include "membership/probe_pairs.hpp"

#include <algorithm>
#include <vector>

#include "base/assert.hpp"

namespace gossamer::membership {
namespace {

constexpr std::int64_t kRoundsPerEra = 8;
// Of the order: how far from its half the one that is asked may stand.
constexpr std::size_t kSpreadPart = 16;

// SplitMix64's last step. Ids are hashes of keys, so this need not resist anybody.
std::uint64_t mix(std::uint64_t value) {
  value += 0x9E3779B97F4A7C15;
  value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9;
  value = (value ^ (value >> 27)) * 0x94D049BB133111EB;
  return value ^ (value >> 31);
}

// What was mixed. The factors are the inverses of those above, modulo 2^64.
std::uint64_t unmix(std::uint64_t value) {
  value ^= value >> 31 ^ value >> 62;
  value *= 0x319642B2D24D8EC3;
  value ^= value >> 27 ^ value >> 54;
  value *= 0x96DE1B173F119089;
  value ^= value >> 30 ^ value >> 60;
  return value - 0x9E3779B97F4A7C15;
}

std::uint64_t rank_of(const NodeId& id, std::uint64_t era_mark) {
  std::uint64_t head = 0;
  for (int i = 0; i < 8; ++i)
    head |= std::uint64_t{id.bytes[static_cast<std::size_t>(i)]} << (8 * i);
  return mix(head ^ era_mark);
}

// The lowest id that is ranked so.
NodeId first_ranked(std::uint64_t rank, std::uint64_t era_mark) {
  const std::uint64_t head = unmix(rank) ^ era_mark;
  NodeId id;
  for (std::size_t i = 0; i < 8; ++i) id.bytes[i] = static_cast<std::uint8_t>(head >> (8 * i));
  return id;
}

std::int64_t era_of(std::int64_t round) {
  return round >= 0 ? round / kRoundsPerEra : -1 - (-1 - round) / kRoundsPerEra;
}

}  // namespace

void ProbePairs::add(const NodeId& id) {
  if (era_) order_.insert(rank_of(id, mark_));
}

void ProbePairs::remove(const NodeId& id) {
  if (era_) order_.remove(rank_of(id, mark_));
}

void ProbePairs::draw_up(std::int64_t era, const ProbeRing& ring) {
  if (era_ == era) return;
  era_ = era;
  mark_ = mix(static_cast<std::uint64_t>(era));
  std::vector<std::uint64_t> ranks;
  ranks.reserve(ring.size());
  for (const NodeId& id : ring.ids()) ranks.push_back(rank_of(id, mark_));
  std::sort(ranks.begin(), ranks.end());
  order_ = {};
  for (const std::uint64_t rank : ranks) order_.insert(rank);
}

// Of several with one rank the lowest id stands first.
const NodeId& ProbePairs::member_at(std::size_t place, const ProbeRing& ring) const {
  const std::uint64_t rank = order_.at(place);
  const std::size_t among_equals = place - order_.index_of(order_.lower_bound(rank));
  return ring.after(first_ranked(rank, mark_), among_equals);
}

Duration ProbePairs::moment_of(std::size_t place) const {
  return round_ * static_cast<Duration::rep>(place) / static_cast<Duration::rep>(order_.size());
}

ProbePairs::Pair ProbePairs::in_round(std::int64_t round, const ProbeRing& ring) {
  GOSSAMER_ASSERT(ring.size() >= kMembersMin);
  draw_up(era_of(round), ring);
  GOSSAMER_ASSERT(order_.size() == ring.size());
  const std::size_t n = order_.size();
  const std::size_t spread = n / kSpreadPart;
  const std::size_t stride =
      n / 2 - spread +
      static_cast<std::size_t>(mix(static_cast<std::uint64_t>(round)) % (2 * spread + 1));
  const std::uint64_t rank = rank_of(self_, mark_);
  const SortedChunks<NodeId>& ids = ring.ids();
  const std::size_t among_equals =
      ids.index_of(ids.find(self_)) - ids.index_of(ids.lower_bound(first_ranked(rank, mark_)));
  const std::size_t own = order_.index_of(order_.lower_bound(rank)) + among_equals;
  const std::size_t probed = (own + stride) % n;
  const std::size_t prober = (own + n - stride) % n;
  return {member_at(probed, ring), moment_of(probed), member_at(prober, ring), moment_of(own)};
}

}  // namespace gossamer::membership
