// Evidence beyond silence: the kernel of a machine that lives on says that nobody listens there any
// more. One refusal from one place shows nothing (a firewall may be in between), nor does a link
// that was closed; who refuses several, and does not answer a ping either, is down.

#include <algorithm>

#include "membership/panel.hpp"
#include "membership/state.hpp"

namespace gossamer::membership {
namespace {

using gossip::Trace;

constexpr std::size_t kRefusalsMax = 64;
constexpr Duration kRefusalTime = std::chrono::seconds{2};
constexpr std::uint8_t kTriesMax = 2;

}  // namespace

void Membership::State::hear_link(Instant now, const Endpoint& peer, LinkEvent event,
                                  Outbox& outbox) {
  const bool is_of_watch = links.on_event(now, peer, event);
  expire_refusals(now);
  for (const NodeId& id : table.live_at(peer)) {
    if (id == self) continue;
    const bool is_open = refusals.contains(id);
    switch (event) {
      case LinkEvent::closed:
        if (Refusal* refusal = look_into(now, id, outbox)) refusal->is_mine = true;
        break;
      case LinkEvent::refused:
        // The answer to a knock may come when nobody asks any more, because the ping was answered
        // first. Another knock for it would have the same answer, and so on.
        if (!is_open && !is_of_watch) break;
        if (Refusal* refusal = look_into(now, id, outbox)) {
          // A watch that was refused leads to a knock; only that one counts.
          refusal->is_mine = refusal->is_mine || !is_open;
          refusal->is_refused = is_open;
          weigh(now, id, outbox);
        }
        break;
      case LinkEvent::opened: note_open(now, id, outbox); break;
      case LinkEvent::unknown: refusals.erase(id); break;
    }
  }
}

void Membership::State::expire_refusals(Instant now) {
  std::erase_if(refusals, [&](const auto& one) { return now - one.second.since > kRefusalTime; });
}

Refusal* Membership::State::look_into(Instant now, const NodeId& id, Outbox& outbox) {
  const MemberTable::Held* held = table.find(id);
  if (!has(Mechanism::links) || own.is_leaving || held == nullptr || !held->is_live()) {
    return nullptr;
  }
  if (!held->is_settled(now)) {
    outbox.push_back(Trace{"membership: no knock where one has only just moved to"});
    return nullptr;
  }
  if (const auto known = refusals.find(id); known != refusals.end()) return &known->second;
  if (refusals.size() >= kRefusalsMax) {
    outbox.push_back(Trace{"membership: too many closed links at once"});
    return nullptr;
  }
  Refusal& refusal = refusals[id];
  refusal.incarnation = held->member->incarnation;
  refusal.since = now;
  outbox.push_back(Knock{held->member->endpoint});
  inquire(now, id, Purpose::touch, outbox);
  return &refusal;
}

// Somebody listens. Where a link of ours was closed the ping decides: without an answer the knock
// may have come between the end of the links and the end of the port.
void Membership::State::note_open(Instant now, const NodeId& id, Outbox& outbox) {
  const auto at = refusals.find(id);
  if (at == refusals.end()) return;
  if (!at->second.is_mine || at->second.is_refused) return clear_refusal(id, outbox);
  at->second.was_open = true;
  if (at->second.is_silent) try_again(now, id, outbox);
}

void Membership::State::try_again(Instant now, const NodeId& id, Outbox& outbox) {
  Refusal& refusal = refusals.at(id);
  if (refusal.tries >= kTriesMax) return clear_refusal(id, outbox);
  ++refusal.tries;
  refusal.was_open = refusal.is_silent = false;
  outbox.push_back(Knock{table.find(id)->member->endpoint});
  inquire(now, id, Purpose::touch, outbox);
}

// Of those who asked, each is told once what this node found.
void Membership::State::weigh(Instant now, const NodeId& id, Outbox& outbox) {
  const auto at = refusals.find(id);
  if (at == refusals.end() || !at->second.is_refused) return;
  Refusal& refusal = at->second;
  const Incarnation incarnation = refusal.incarnation;
  if (refusal.is_told && refusal.is_silent) {
    refusals.erase(at);
    return become(now, id, {MemberState::down, incarnation}, outbox);
  }
  if (refusal.is_mine && !refusal.has_asked) {
    refusal.has_asked = true;
    for (const Member* member : panel_of(table.view(), id, incarnation, self, 0)) {
      refusal.asked.push_back(member->id);
      outbox.push_back(Send{member->endpoint, false, Inquest{id, incarnation, true}});
    }
  }
  if (!refusal.is_silent) return;
  for (const Endpoint& asker : std::exchange(refusal.askers, {})) {
    outbox.push_back(Send{asker, false, Opinion{id, incarnation, false, true}});
  }
  // With one other member there is nobody to confirm it.
  const std::size_t needed = std::max<std::size_t>(1, suspicion_times().confirmations);
  if (!refusal.is_mine || refusal.confirmers.size() < needed) return;
  refusals.erase(at);
  outbox.push_back(Trace{"membership: refused from several places"});
  accuse(now, id, MemberState::down, outbox, /*is_refused=*/true);
}

void Membership::State::clear_refusal(const NodeId& id, Outbox& outbox) {
  const auto at = refusals.find(id);
  if (at == refusals.end()) return;
  for (const Endpoint& asker : at->second.askers) {
    outbox.push_back(Send{asker, false, Opinion{id, at->second.incarnation, true, true}});
  }
  refusals.erase(at);
}

// Each knock tells who asked for it whether a port is open; so others cause few.
Refusal* Membership::State::look_into_for(Instant now, const NodeId& asker, const NodeId& id,
                                          Outbox& outbox) {
  expire_refusals(now);
  const bool is_known = refusals.contains(id);
  if (!is_known && (!knock_shares.take(now, asker) || !knocks_for_others.take(now))) {
    outbox.push_back(Trace{"membership: too many knocks for others"});
    return nullptr;
  }
  return look_into(now, id, outbox);
}

void Membership::State::hear_refused_inquest(Instant now, const NodeId& from, const NodeId& id,
                                             const Endpoint& asker, Outbox& outbox) {
  Refusal* refusal = look_into_for(now, from, id, outbox);
  if (refusal == nullptr) return;
  const auto& known = refusal->askers;
  const bool is_new = std::find(known.begin(), known.end(), asker) == known.end();
  if (is_new && known.size() < kPanelSize) refusal->askers.push_back(asker);
  weigh(now, id, outbox);
}

void Membership::State::hear_refused_opinion(Instant now, const NodeId& from,
                                             const Opinion& opinion, Outbox& outbox) {
  const auto at = refusals.find(opinion.accused);
  if (at == refusals.end() || at->second.incarnation != opinion.incarnation) return;
  Refusal& refusal = at->second;
  const auto& asked = refusal.asked;
  if (std::find(asked.begin(), asked.end(), from) == asked.end()) return;
  if (opinion.is_clear) {
    // Somebody listens there, wherever the refusal came from.
    refusals.erase(at);
    return;
  }
  const auto& known = refusal.confirmers;
  if (known.size() < kPanelSize && std::find(known.begin(), known.end(), from) == known.end()) {
    refusal.confirmers.push_back(from);
  }
  weigh(now, opinion.accused, outbox);
}

// Another tells of a death that it and a panel found by refusals: whoever is refused too need not
// wait.
void Membership::State::hear_refused_death(Instant now, const NodeId& accuser, const NodeId& id,
                                           Outbox& outbox) {
  Refusal* refusal = look_into_for(now, accuser, id, outbox);
  if (refusal == nullptr) return;
  refusal->is_told = true;
  weigh(now, id, outbox);
}

}  // namespace gossamer::membership
