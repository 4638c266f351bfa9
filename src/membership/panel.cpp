#include "membership/panel.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

#include "base/hash.hpp"

namespace gossamer::membership {
namespace {

// What every member is ranked by is worked out for each of thousands at once, so its bytes are few,
// and none are allocated.
class Ranking {
 public:
  Ranking(const NodeId& suspect, Incarnation incarnation) {
    std::uint8_t accused[sizeof(suspect.bytes) + 8];
    std::memcpy(accused, suspect.bytes.data(), sizeof(suspect.bytes));
    put(accused + sizeof(suspect.bytes), incarnation);
    put(bytes_, hash64(ByteView{accused, sizeof(accused)}));
  }
  std::uint64_t of(const NodeId& member) {
    std::memcpy(bytes_ + 8, member.bytes.data(), sizeof(member.bytes));
    return hash64(ByteView{bytes_, sizeof(bytes_)});
  }

 private:
  static void put(std::uint8_t* to, std::uint64_t number) {
    for (int i = 0; i < 8; ++i) to[i] = static_cast<std::uint8_t>(number >> (8 * i));
  }
  std::uint8_t bytes_[8 + sizeof(NodeId::bytes)];
};

}  // namespace

std::vector<const Member*> panel_of(const MemberView& members, const NodeId& suspect,
                                    Incarnation incarnation, const NodeId& self, std::size_t skip,
                                    std::size_t size) {
  const std::size_t wanted = std::min(members.live_count(), skip + size);
  if (wanted == 0) return {};
  Ranking ranking{suspect, incarnation};
  // A heap of the best so far, the worst of them on top.
  std::vector<std::pair<std::uint64_t, const Member*>> best;
  best.reserve(wanted);
  const auto ranks_higher = [](const auto& a, const auto& b) { return a.first > b.first; };
  for (const Member& member : members) {
    if (!member.is_live() || member.id == suspect || member.id == self) continue;
    const std::uint64_t rank = ranking.of(member.id);
    if (best.size() == wanted) {
      if (rank <= best.front().first) continue;
      std::pop_heap(best.begin(), best.end(), ranks_higher);
      best.pop_back();
    }
    best.emplace_back(rank, &member);
    std::push_heap(best.begin(), best.end(), ranks_higher);
  }
  std::sort_heap(best.begin(), best.end(), ranks_higher);
  std::vector<const Member*> panel;
  for (std::size_t i = skip; i < best.size(); ++i) panel.push_back(best[i].second);
  return panel;
}

}  // namespace gossamer::membership
