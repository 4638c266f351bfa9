// Entries of kinds that a later version has brought: held and told on as they are, so that nodes of
// two versions agree and nothing is lost between those of the newer one. Nobody here looks into
// them.

#include "driver/state.hpp"

namespace gossamer::driver {

bool Driver::State::hear_carried(const gossip::EntryKey& key) {
  if (carried.contains(key)) return true;
  // What belongs to a node goes when the node is forgotten, so it comes after it.
  const bool has_owner = !key.owner.is_zero();
  if (has_owner && membership.members().find(key.owner) == nullptr) return false;
  if (carried.size() >= options.carried_max) {
    ++counters.carried_over_bound;
    return false;
  }
  carried.insert(key);
  return true;
}

void Driver::State::forget_carried_of(const NodeId& owner) {
  std::erase_if(carried, [&](const gossip::EntryKey& key) {
    if (key.owner != owner) return false;
    gossip.erase(key);
    return true;
  });
}

}  // namespace gossamer::driver
