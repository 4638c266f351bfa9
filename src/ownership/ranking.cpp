#include "ownership/ranking.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

#include "base/hash.hpp"

namespace gossamer::ownership {
namespace {

struct Weighted {
  std::uint64_t weight = 0;
  NodeId id{};
};

Weighted weigh(const UnitId& unit, const NodeId& id) {
  std::array<std::uint8_t, 4> ordinal{};
  for (std::size_t i = 0; i < ordinal.size(); ++i) {
    ordinal[i] = static_cast<std::uint8_t>(unit.ordinal >> (8 * i));
  }
  return {hash64({as_bytes(unit.service), ByteView{ordinal}, ByteView{id.bytes}}), id};
}

bool is_before(const Weighted& a, const Weighted& b) {
  return a.weight != b.weight ? a.weight > b.weight : a.id < b.id;
}

}  // namespace

std::vector<NodeId> rank(const UnitId& unit, const MemberView& members) {
  std::vector<Weighted> weighted;
  for (const Member& member : members) {
    if (member.is_live()) weighted.push_back(weigh(unit, member.id));
  }
  std::sort(weighted.begin(), weighted.end(), is_before);
  std::vector<NodeId> order;
  order.reserve(weighted.size());
  for (const Weighted& one : weighted) order.push_back(one.id);
  return order;
}

std::optional<std::size_t> rank_of(const UnitId& unit, const MemberView& members,
                                   const NodeId& self, const NodeId& excluded) {
  if (self == excluded || !members.is_live(self)) return std::nullopt;
  const Weighted own = weigh(unit, self);
  std::size_t place = 0;
  for (const Member& member : members) {
    if (!member.is_live() || member.id == self || member.id == excluded) continue;
    if (is_before(weigh(unit, member.id), own)) ++place;
  }
  return place;
}

}  // namespace gossamer::ownership
