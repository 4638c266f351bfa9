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
  if (held->is_live()) become(now, id, {MemberState::down, held->said}, outbox);
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
  if (verdict.incarnation < table.describe(verdict.accused).incarnation) return false;
  MemberTable::Past& past = table.keep_past(verdict.accused);
  if (verdict.version() <= past.verdict_version) return false;
  past.verdict_version = verdict.version();
  superseded.erase(verdict.accused);
  if (verdict.state == MemberState::down) successions.stop_waiting(verdict.accused);
  return true;
}

// It answered at an address that is its own by its own word: whoever else was there has gone. Only
// one that has answered there too, and was ousted a moment ago, keeps it waiting for a while: the
// two of one process would replace each other at every answer.
void Membership::State::succeed(Instant now, const NodeId& heir, const Endpoint& endpoint,
                                Outbox& outbox) {
  const MemberTable::Held* held = table.find(heir);
  if (own.is_leaving || endpoint == own.endpoint || held == nullptr) return;
  if (held->member->endpoint != endpoint) return;
  if (!held->is_live() && !successions.waits(heir)) return;
  std::vector<NodeId> ghosts = table.live_at(endpoint);
  std::erase(ghosts, heir);
  const bool is_kept_out = std::any_of(ghosts.begin(), ghosts.end(), [&](const NodeId& ghost) {
    return table.find(ghost)->has_answered && !may_oust(now, ghost);
  });
  if (is_kept_out) return;
  // First, or another that waits there would be the one that is left when they have gone.
  if (successions.waits(heir)) inherit(now, heir, outbox);
  for (const NodeId& ghost : ghosts) replace(now, ghost, outbox);
}

// The pace of ousting holds back the verdict only, so nobody keeps an address by having been ousted
// elsewhere a moment ago.
void Membership::State::replace(Instant now, const NodeId& ghost, Outbox& outbox) {
  if (may_oust(now, ghost)) return oust(now, ghost, outbox);
  wait_for_answer(now, ghost, outbox);
}

void Membership::State::inherit(Instant now, const NodeId& heir, Outbox& outbox) {
  const MemberTable::Held* held = table.find(heir);
  const Verdict suspected{heir, held->member->incarnation, MemberState::suspect};
  const bool is_suspected = table.past(heir).verdict_version >= suspected.version();
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
  const Moment& ousted_at = table.past(id).ousted_at;
  return !ousted_at || now >= *ousted_at + options.reconnect_interval;
}

void Membership::State::oust(Instant now, const NodeId& ghost, Outbox& outbox) {
  if (!may_oust(now, ghost)) return;
  table.keep_past(ghost).ousted_at = now;
  outbox.push_back(Trace{"membership: replaced on its address"});
  accuse(now, ghost, MemberState::down, outbox);
}

}  // namespace gossamer::membership
