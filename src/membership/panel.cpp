#include "membership/panel.hpp"

#include <algorithm>
#include <utility>

#include "base/hash.hpp"

namespace gossamer::membership {

std::vector<const Member*> panel_of(const MemberView& members, const NodeId& suspect,
                                    Incarnation incarnation, const NodeId& self, std::size_t skip,
                                    std::size_t size) {
  std::uint8_t number[8];
  for (int i = 0; i < 8; ++i) number[i] = static_cast<std::uint8_t>(incarnation >> (8 * i));
  std::vector<std::pair<std::uint64_t, const Member*>> ranked;
  for (const Member& member : members) {
    if (!member.is_live() || member.id == suspect || member.id == self) continue;
    ranked.emplace_back(
        hash64({ByteView{suspect.bytes}, ByteView{number}, ByteView{member.id.bytes}}), &member);
  }
  const std::size_t wanted = std::min(ranked.size(), skip + size);
  std::partial_sort(ranked.begin(), ranked.begin() + static_cast<std::ptrdiff_t>(wanted),
                    ranked.end(), [](const auto& a, const auto& b) { return a.first > b.first; });
  std::vector<const Member*> panel;
  for (std::size_t i = skip; i < wanted; ++i) panel.push_back(ranked[i].second);
  return panel;
}

}  // namespace gossamer::membership
