#include "node/nearness.hpp"

#include <algorithm>
#include <limits>
#include <tuple>
#include <utility>

namespace gossamer::node {

std::vector<Nearness::Measured>::const_iterator Nearness::place_of(const NodeId& member) const {
  return std::lower_bound(
      measured_.begin(), measured_.end(), member,
      [](const Measured& measured, const NodeId& key) { return measured.member < key; });
}

void Nearness::note(const NodeId& member, std::chrono::microseconds round_trip) {
  constexpr std::int64_t kMost = std::numeric_limits<std::uint32_t>::max();
  const auto us =
      static_cast<std::uint32_t>(std::clamp<std::int64_t>(round_trip.count(), 0, kMost));
  const auto at = place_of(member);
  if (at == measured_.end() || at->member != member) {
    measured_.insert(at, Measured{member, us});
    return;
  }
  measured_[static_cast<std::size_t>(at - measured_.begin())].us = us;
}

void Nearness::keep_only(const MemberView& members) {
  std::erase_if(measured_,
                [&](const Measured& one) { return members.find(one.member) == nullptr; });
}

std::optional<std::chrono::microseconds> Nearness::of(const NodeId& member) const {
  const auto at = place_of(member);
  if (at == measured_.end() || at->member != member) return std::nullopt;
  return std::chrono::microseconds{at->us};
}

std::vector<NameRecord> nearest(std::vector<NameRecord> records, const RoundTrips& round_trips,
                                const NodeId& self, const MemberView& members) {
  using std::chrono::microseconds;
  // Not this node, how far, in another zone, and as before among equals: the least is the nearest.
  using Rank = std::tuple<bool, microseconds, bool, std::size_t>;
  const auto zone_of = [&](const NodeId& id) {
    const Member* member = members.find(id);
    return member == nullptr ? std::string{} : member->zone;
  };
  const std::string own_zone = zone_of(self);
  std::vector<Rank> ranks;
  for (const NameRecord& record : records) {
    const std::string zone = zone_of(record.node);
    ranks.emplace_back(record.node != self, round_trips[ranks.size()].value_or(microseconds::max()),
                       own_zone.empty() || zone != own_zone, ranks.size());
  }
  std::sort(ranks.begin(), ranks.end());
  std::vector<NameRecord> sorted;
  sorted.reserve(records.size());
  for (const Rank& rank : ranks) sorted.push_back(std::move(records[std::get<std::size_t>(rank)]));
  return sorted;
}

}  // namespace gossamer::node
