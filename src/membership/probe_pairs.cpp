#include "membership/probe_pairs.hpp"

#include <algorithm>
#include <utility>

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

std::uint64_t rank_of(const NodeId& id, std::uint64_t era_mark) {
  std::uint64_t head = 0;
  for (int i = 0; i < 8; ++i)
    head |= std::uint64_t{id.bytes[static_cast<std::size_t>(i)]} << (8 * i);
  return mix(head ^ era_mark);
}

std::int64_t era_of(std::int64_t round) {
  return round >= 0 ? round / kRoundsPerEra : -1 - (-1 - round) / kRoundsPerEra;
}

}  // namespace

void ProbePairs::draw_up(std::int64_t era, const ProbeRing& ring) {
  if (era_ == era) return;
  era_ = era;
  const std::uint64_t mark = mix(static_cast<std::uint64_t>(era));
  std::vector<std::pair<std::uint64_t, std::uint32_t>> ranked;
  ranked.reserve(ring.size());
  std::uint32_t places = 0;
  for (const NodeId& id : ring.ids()) ranked.emplace_back(rank_of(id, mark), places++);
  std::sort(ranked.begin(), ranked.end());
  order_.clear();
  order_.reserve(ranked.size());
  const std::size_t own = ring.ids().index_of(ring.ids().find(self_));
  for (const auto& [rank, place] : ranked) {
    if (place == own) own_place_ = order_.size();
    order_.push_back(place);
  }
}

Duration ProbePairs::moment_of(std::size_t place) const {
  return round_ * static_cast<Duration::rep>(place) / static_cast<Duration::rep>(order_.size());
}

ProbePairs::Pair ProbePairs::in_round(std::int64_t round, const ProbeRing& ring) {
  GOSSAMER_ASSERT(ring.size() >= kMembersMin);
  draw_up(era_of(round), ring);
  const std::size_t n = order_.size();
  const std::size_t spread = n / kSpreadPart;
  const std::size_t stride =
      n / 2 - spread +
      static_cast<std::size_t>(mix(static_cast<std::uint64_t>(round)) % (2 * spread + 1));
  const std::size_t probed = (own_place_ + stride) % n;
  const std::size_t prober = (own_place_ + n - stride) % n;
  return {ring.at(order_[probed]), moment_of(probed), ring.at(order_[prober]),
          moment_of(own_place_)};
}

}  // namespace gossamer::membership
