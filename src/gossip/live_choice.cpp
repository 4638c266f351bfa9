#include "gossip/live_choice.hpp"

#include <algorithm>

namespace gossamer::gossip {
namespace {

// From here on, drawing is cheaper than listing everybody first.
constexpr std::size_t kListedMax = 64;

bool is_chosen(const std::vector<const Member*>& chosen, const Member* member) {
  return std::find(chosen.begin(), chosen.end(), member) != chosen.end();
}

bool is_excepted(const std::vector<NodeId>& except, const Member& member) {
  return std::find(except.begin(), except.end(), member.id) != except.end();
}

}  // namespace

std::vector<const Member*> choose_live(const MemberView& members, std::size_t count,
                                       const std::vector<NodeId>& except, Random& random) {
  std::vector<const Member*> chosen;
  if (members.size() > kListedMax) {
    for (std::size_t draws = 0; draws < 4 * count && chosen.size() < count; ++draws) {
      const auto step = static_cast<std::ptrdiff_t>(random.below(members.size()));
      const Member& member = *(members.begin() + step);
      if (!member.is_live() || is_excepted(except, member) || is_chosen(chosen, &member)) continue;
      chosen.push_back(&member);
    }
    if (chosen.size() == count) return chosen;
    chosen.clear();  // Few are live: list them after all.
  }
  for (const Member& member : members) {
    if (member.is_live() && !is_excepted(except, member)) chosen.push_back(&member);
  }
  random.shuffle(chosen);
  if (chosen.size() > count) chosen.resize(count);
  return chosen;
}

}  // namespace gossamer::gossip
