// A node that nobody can connect to: what only comparisons bring does not reach it.

#include <fmt/format.h>

#include "driver/state.hpp"

namespace gossamer::driver {

void Driver::State::note_missing_answers() {
  if (!gossip.is_missing_answers(now) || !stream_alarms.take(now)) return;
  const Member* const self = membership.members().find(options.identity.id());
  if (self == nullptr) return;
  notify(Alarm{"streams", fmt::format("this node compares its view with others', and no answer "
                                      "comes: let TCP to {} through. Until "
                                      "then it lacks members, names and claims, and takes units "
                                      "only from owners that it has seen go",
                                      to_string(self->endpoint))});
}

// Whoever lacks news may take for gone whom it only has not heard of, and for overdue whose record
// it only lacks.
bool Driver::State::may_take_from(const NodeId& owner) const {
  if (owner.is_zero() || !gossip.is_missing_answers(now)) return true;
  if (owner == options.identity.id()) return true;
  const Member* const held = membership.members().find(owner);
  return held != nullptr && !held->is_live();
}

}  // namespace gossamer::driver
