// Members whose machines will never run again, by the word of who runs the machines.

#include "membership/state.hpp"

namespace gossamer::membership {

// A suspect has been silent already: with the word of another that is enough. One that is alive may
// still prove the word wrong, and has then proved it for as long as it lives.
void Membership::State::doom(Instant now, const NodeId& id, Outbox& outbox) {
  if (id == self) return;
  const auto known = doomed.find(id);
  if (known != doomed.end() && known->second) return;
  doomed[id] = false;
  if (table.find(id)->member->state == MemberState::suspect) {
    return bury_if_doomed(now, id, outbox);
  }
  schedule.urge(now, id);
}

void Membership::State::acquit(const NodeId& id) {
  const auto known = doomed.find(id);
  if (known != doomed.end()) known->second = true;
}

bool Membership::State::is_doomed(const NodeId& id) const {
  const auto known = doomed.find(id);
  return known != doomed.end() && !known->second;
}

void Membership::State::bury_if_doomed(Instant now, const NodeId& id, Outbox& outbox) {
  if (!is_doomed(id)) return;
  outbox.push_back(gossip::Trace{"membership: silent, and its machine is gone"});
  accuse(now, id, MemberState::down, outbox);
}

}  // namespace gossamer::membership
