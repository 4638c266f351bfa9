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

template <class IsWanted>
std::vector<const Member*> choose(const MemberView& members, std::size_t count,
                                  const std::vector<NodeId>& except, Random& random,
                                  IsWanted is_wanted) {
  std::vector<const Member*> chosen;
  if (members.size() > kListedMax) {
    for (std::size_t draws = 0; draws < 4 * count && chosen.size() < count; ++draws) {
      const auto step = static_cast<std::ptrdiff_t>(random.below(members.size()));
      const Member& member = *(members.begin() + step);
      if (!is_wanted(member) || is_excepted(except, member) || is_chosen(chosen, &member)) continue;
      chosen.push_back(&member);
    }
    if (chosen.size() == count) return chosen;
    chosen.clear();  // Few are wanted: list them after all.
  }
  for (const Member& member : members) {
    if (is_wanted(member) && !is_excepted(except, member)) chosen.push_back(&member);
  }
  random.shuffle(chosen);
  if (chosen.size() > count) chosen.resize(count);
  return chosen;
}

}  // namespace

std::vector<const Member*> choose_live(const MemberView& members, std::size_t count,
                                       const std::vector<NodeId>& except, Random& random) {
  return choose(members, count, except, random, [](const Member& one) { return one.is_live(); });
}

std::vector<const Member*> choose_present(const MemberView& members, std::size_t count,
                                          const std::vector<NodeId>& except, Random& random) {
  return choose(members, count, except, random,
                [](const Member& one) { return one.state != MemberState::left; });
}

}  // namespace gossamer::gossip
