// Entries of kinds that a later version has brought: held and told on as they are, so that nodes of
// two versions agree and nothing is lost between those of the newer one. Nobody here looks into
// them.

#include <algorithm>

#include "driver/state.hpp"

namespace gossamer::driver {
namespace {

constexpr std::size_t kAuthorShares = 4;  // So none leaves nothing to the others.

}  // namespace

bool Driver::State::hear_carried(const NodeId& author, const gossip::EntryKey& key) {
  if (carried.contains(key)) return true;
  // What belongs to a node goes when the node is forgotten, so it comes after it.
  const bool has_owner = !key.owner.is_zero();
  if (has_owner && membership.members().find(key.owner) == nullptr) return false;
  const auto by_author = std::count_if(carried.begin(), carried.end(),
                                       [&](const auto& entry) { return entry.second == author; });
  const std::size_t share = std::max<std::size_t>(1, options.carried_max / kAuthorShares);
  if (carried.size() >= options.carried_max || static_cast<std::size_t>(by_author) >= share) {
    ++counters.carried_over_bound;
    return false;
  }
  carried.emplace(key, author);
  return true;
}

void Driver::State::forget_carried_of(const NodeId& owner) {
  std::erase_if(carried, [&](const auto& entry) {
    if (entry.first.owner != owner) return false;
    gossip.erase(entry.first);
    return true;
  });
}

}  // namespace gossamer::driver
