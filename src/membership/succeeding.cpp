// Who lives at an address: the one that answers there. Another that is said to live there waits.

#include <algorithm>

#include "membership/state.hpp"

namespace gossamer::membership {

using gossip::Trace;

bool Membership::State::is_at_home(const NodeId& id, const Endpoint& endpoint) const {
  const MemberTable::Held* held = table.find(id);
  return held != nullptr && held->is_live() && held->member->endpoint == endpoint;
}

bool Membership::State::is_held_at(const NodeId& id, const Endpoint& endpoint) const {
  const MemberTable::Held* held = table.find(id);
  return held != nullptr && held->member->endpoint == endpoint;
}

void Membership::State::note_home(const NodeId& id, const Endpoint& endpoint) {
  if (is_held_at(id, endpoint)) table.find(id)->has_answered = true;
}

bool Membership::State::is_shared(const Endpoint& endpoint, const NodeId& id) const {
  const std::vector<NodeId> live = table.live_at(endpoint);
  return std::any_of(live.begin(), live.end(),
                     [&](const NodeId& other) { return other != id && other != self; });
}

// By another live member; by this node too, unless it may tell all that the other is a ghost.
bool Membership::State::is_taken(Instant now, const NodeId& id, const Endpoint& endpoint) const {
  if (endpoint == own.endpoint) return own.is_leaving || !may_oust(now, id);
  return has(Mechanism::heirs) && is_shared(endpoint, id);
}

// It counts as down, without a verdict: nobody is told so, and nothing has to be refuted.
void Membership::State::wait_for_answer(Instant now, const NodeId& id, Outbox& outbox) {
  const MemberTable::Held* held = table.find(id);
  table.believe(id, {MemberState::down, held->said});
  tombstones.bury(now, id);
  successions.wait(now, id);
  if (is_started) ask_heirs(now, outbox);
}

void Membership::State::ask_heirs(Instant now, Outbox& outbox) {
  for (const NodeId& id : successions.take_due(now)) {
    const Endpoint& endpoint = table.find(id)->member->endpoint;
    if (endpoint != own.endpoint) successions.ask(now, id, endpoint, outbox);
  }
}

// A verdict on one that waits is held and told on like any other. Once it is said to be down it has
// to answer that under a higher incarnation.
bool Membership::State::hear_of_heir(const Verdict& verdict) {
  MemberTable::Held* held = table.find(verdict.accused);
  if (verdict.incarnation < held->member->incarnation) return false;
  if (verdict.version() <= held->verdict_version) return false;
  held->verdict_version = verdict.version();
  superseded.erase(verdict.accused);
  if (verdict.state == MemberState::down) successions.stop_waiting(verdict.accused);
  return true;
}

// It answered at an address that is its own by its own word: whoever else was there has gone.
void Membership::State::succeed(Instant now, const NodeId& heir, const Endpoint& endpoint,
                                Outbox& outbox) {
  const MemberTable::Held* held = table.find(heir);
  if (own.is_leaving || endpoint == own.endpoint || held == nullptr) return;
  if (held->member->endpoint != endpoint) return;
  if (!held->is_live() && !successions.waits(heir)) return;
  for (const NodeId& id : table.live_at(endpoint)) {
    if (id != heir) oust(now, id, outbox);
  }
  // One that may not be ousted yet keeps it waiting.
  if (successions.waits(heir) && table.live_at(endpoint).empty()) inherit(now, heir, outbox);
}

void Membership::State::inherit(Instant now, const NodeId& heir, Outbox& outbox) {
  const MemberTable::Held* held = table.find(heir);
  const Verdict suspected{heir, held->member->incarnation, MemberState::suspect};
  const bool is_suspected = held->verdict_version >= suspected.version();
  become(now, heir,
         {is_suspected ? MemberState::suspect : MemberState::alive, suspected.incarnation}, outbox);
  heed_newcomer(now, heir, outbox);
}

// Nobody lives there any more. The only one that has just been said to, does, and need not answer
// us: others may have heard it. Of several the one does that answers.
void Membership::State::settle_heirs(Instant now, const Endpoint& endpoint, Outbox& outbox) {
  if (endpoint == own.endpoint || !table.live_at(endpoint).empty()) return;
  std::vector<NodeId> heirs = successions.waiting();
  std::erase_if(heirs, [&](const NodeId& id) {
    return table.find(id)->member->endpoint != endpoint || !successions.is_fresh(id);
  });
  if (heirs.size() == 1) return inherit(now, heirs.front(), outbox);
  for (const NodeId& id : heirs) successions.ask(now, id, endpoint, outbox);
}

// Two that share an address and both live would oust each other for ever, so not too often.
bool Membership::State::may_oust(Instant now, const NodeId& id) const {
  const MemberTable::Held* held = table.find(id);
  return held == nullptr || !held->ousted_at ||
         now >= *held->ousted_at + options.reconnect_interval;
}

void Membership::State::oust(Instant now, const NodeId& ghost, Outbox& outbox) {
  if (!may_oust(now, ghost)) return;
  table.find(ghost)->ousted_at = now;
  outbox.push_back(Trace{"membership: replaced on its address"});
  accuse(now, ghost, MemberState::down, outbox);
}

}  // namespace gossamer::membership
