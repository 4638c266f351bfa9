// How a suspicion goes on: in private, before a panel, in public, until it ends.

#include <algorithm>

#include "membership/panel.hpp"
#include "membership/state.hpp"

namespace gossamer::membership {
namespace {

using gossip::Trace;

// A first panel that does not confirm in this time may be dead or cut off itself.
constexpr Duration kPanelPatience = std::chrono::milliseconds{500};
constexpr int kPrivatePeriods = 2;
// Silent so often in a row, whatever others say of it, it must answer for itself in public.
constexpr std::uint8_t kSilencesBelieved = 3;
constexpr int kLooks = 4;
constexpr int kLooksInSmallClusters = 2;
constexpr std::size_t kSmallCluster = 10;
constexpr std::uint8_t kDoublingsMax = 3;

}  // namespace

SuspicionTimes Membership::State::suspicion_times() const {
  return membership::suspicion_times(options, mechanisms, table.live_count());
}

// The one there is, under the incarnation that is held, or a new one.
Suspicion& Membership::State::suspect(Instant now, const NodeId& id) {
  const MemberTable::Held* held = table.find(id);
  const auto [at, is_new] = suspicions.try_emplace(id);
  Suspicion& suspicion = at->second;
  if (is_new || suspicion.incarnation != held->member->incarnation) {
    suspicion = {};
    suspicion.incarnation = held->member->incarnation;
    suspicion.since = now;
    if (has(Mechanism::flaps)) {
      suspicion.damping =
          static_cast<std::uint8_t>(1U << std::min(returns_lately(now, id), kDoublingsMax));
    }
  }
  return suspicion;
}

void Membership::State::drop_suspicion(const NodeId& id) {
  suspicions.erase(id);
  suspicion_steps.cancel(id);
}

void Membership::State::suspect_by_probe(Instant now, const NodeId& id, Outbox& outbox) {
  if (own.is_leaving || id == self) return;
  const MemberTable::Held* held = table.find(id);
  const bool is_public = held->member->state == MemberState::suspect;
  const bool has_panel = has(Mechanism::panel);
  const bool is_private = has_panel && has(Mechanism::privacy) && !is_doomed(id) &&
                          held->silent_in_a_row < kSilencesBelieved;
  if (!is_public && !is_private) {
    accuse(now, id, MemberState::suspect, outbox);
    if (has(Mechanism::buddy)) warn(now, id, outbox);
    bury_if_doomed(now, id, outbox);
    if (!suspicions.contains(id)) return;
  }
  Suspicion& suspicion = suspect(now, id);
  const bool was_own = suspicion.is_own;
  suspicion.is_own = true;
  if (has_panel && suspicion.panels == 0) {
    ask_panel(id, suspicion, outbox);
  } else if (!was_own || is_public) {
    tell_opinion(id, false, outbox);
  }
  plan(id);
}

void Membership::State::ask_panel(const NodeId& id, Suspicion& suspicion, Outbox& outbox) {
  const std::size_t skip = kPanelSize * suspicion.panels++;
  for (const Member* member : panel_of(table.view(), id, suspicion.incarnation, self, skip)) {
    outbox.push_back(Send{member->endpoint, false, Inquest{id, suspicion.incarnation}});
  }
}

void Membership::State::hear_inquest(Instant now, const NodeId& from, const Endpoint& endpoint,
                                     const Inquest& inquest, Outbox& outbox) {
  if (own.is_leaving || !is_at_home(from, endpoint)) return;
  if (inquest.accused == self) {
    outbox.push_back(Send{endpoint, false, Opinion{self, inquest.incarnation, true}});
    return;
  }
  const MemberTable::Held* held = table.find(inquest.accused);
  if (held == nullptr || inquest.accused == from) return;
  if (!inquest_shares.take(now, from)) {
    outbox.push_back(Trace{"membership: one asks too often about others"});
    return;
  }
  if (!held->is_live() || inquest.incarnation < held->member->incarnation) {
    // One of us has missed what became of it.
    if (inquest_contacts.allows(now, options.probe_timeout)) outbox.push_back(Contact{endpoint});
    return;
  }
  if (inquest.incarnation > held->member->incarnation) return;
  if (inquest.is_refused) {
    return hear_refused_inquest(now, from, inquest.accused, endpoint, outbox);
  }
  Suspicion& suspicion = suspect(now, inquest.accused);
  confirm(now, suspicion, from);
  if (suspicion.is_own) {
    outbox.push_back(Send{endpoint, false, Opinion{inquest.accused, inquest.incarnation, false}});
  } else {
    inquire(now, inquest.accused, Purpose::check, outbox);
  }
  plan(inquest.accused);
}

void Membership::State::hear_opinion(Instant now, const NodeId& from, const Endpoint& endpoint,
                                     const Opinion& opinion, Outbox& outbox) {
  if (!is_at_home(from, endpoint)) return;
  if (opinion.is_refused) return hear_refused_opinion(now, from, opinion, outbox);
  const auto at = suspicions.find(opinion.accused);
  if (at == suspicions.end()) return;
  Suspicion& suspicion = at->second;
  if (suspicion.incarnation != opinion.incarnation) return;
  if (!opinion.is_clear) {
    if (from == opinion.accused) return;
    confirm(now, suspicion, from);
    return plan(opinion.accused);
  }
  const MemberTable::Held* held = table.find(opinion.accused);
  if (suspicion.is_public || held->silent_in_a_row >= kSilencesBelieved) return;
  drop_suspicion(opinion.accused);
}

void Membership::State::confirm(Instant now, Suspicion& suspicion, const NodeId& by) {
  const std::size_t needed = suspicion_times().confirmations;
  if (suspicion.confirm(by) && suspicion.confirmers.size() == needed) suspicion.confirmed_at = now;
}

// To the panel, to who asked it, and to who made it public; without a panel to everybody.
void Membership::State::tell_opinion(const NodeId& id, bool is_clear, Outbox& outbox) {
  if (!has(Mechanism::confirmations)) return;
  const Suspicion& suspicion = suspicions.at(id);
  const std::size_t size = has(Mechanism::panel) ? kPanelSize : table.size();
  std::set<Endpoint> told;
  for (const Member* member :
       panel_of(table.view(), id, suspicion.incarnation, NodeId{}, 0, size)) {
    if (member->id != self) told.insert(member->endpoint);
  }
  const auto add = [&](const NodeId& other) {
    const MemberTable::Held* held = table.find(other);
    if (held != nullptr && held->is_live() && other != self) told.insert(held->member->endpoint);
  };
  for (const NodeId& accuser : suspicion.confirmers) add(accuser);
  if (suspicion.author) add(*suspicion.author);
  for (const Endpoint& endpoint : told) {
    outbox.push_back(Send{endpoint, false, Opinion{id, suspicion.incarnation, is_clear}});
  }
}

// Spread over the last 0.6 x floor.
std::optional<Instant> Membership::State::next_look(const Suspicion& suspicion) const {
  const int looks = table.live_count() <= kSmallCluster ? kLooksInSmallClusters : kLooks;
  if (!has(Mechanism::last_looks) || !suspicion.is_own || suspicion.looks >= looks) {
    return std::nullopt;
  }
  if (suspicion.is_weak) return std::nullopt;
  const SuspicionTimes times = suspicion_times();
  const Duration span = times.floor * 6 / 10;
  return suspicion.deadline(times) - span + span * suspicion.looks / looks;
}

void Membership::State::plan(const NodeId& id) {
  const auto at = suspicions.find(id);
  if (at == suspicions.end()) return;
  const Suspicion& suspicion = at->second;
  const SuspicionTimes times = suspicion_times();
  std::optional<Instant> step = suspicion.deadline(times);
  if (!suspicion.is_public) {
    // What is told as a death is heard for a while before it counts.
    if (suspicion.is_own) step = std::max(suspicion.since, *step - notice());
    const bool is_unconfirmed = suspicion.confirmers.size() < times.confirmations;
    if (suspicion.is_own && !suspicion.is_weak && is_unconfirmed) {
      if (suspicion.panels == 1) earlier(step, suspicion.since + kPanelPatience);
      earlier(step, suspicion.since + kPrivatePeriods * Duration{options.probe_interval});
    }
  }
  earlier(step, next_look(suspicion));
  if (is_isolated() && suspicion.is_alone()) {
    step = std::max(*step, unanswered_since + isolation_time());
  }
  suspicion_steps.set(id, *step);
}

void Membership::State::go_on(Instant now, const NodeId& id, Outbox& outbox) {
  const auto at = suspicions.find(id);
  if (at == suspicions.end()) return;
  Suspicion& suspicion = at->second;
  const SuspicionTimes times = suspicion_times();
  // Looks that were due while we were late are one.
  bool is_look_due = false;
  for (auto look = next_look(suspicion); look && *look <= now; look = next_look(suspicion)) {
    ++suspicion.looks;
    is_look_due = true;
  }
  if (is_look_due) inquire(now, id, Purpose::look, outbox);
  // Whom only we find silent, while nobody answers us: that is us.
  if (suspicion.is_alone() && holds_verdicts(now)) return plan(id);
  const Instant end = suspicion.deadline(times);
  if (suspicion.is_public) {
    if (end <= now) return accuse(now, id, MemberState::down, outbox);
    return plan(id);
  }
  if (!suspicion.is_own) {
    // The check came to nothing, and nobody else has made it public.
    if (end <= now) return drop_suspicion(id);
    return plan(id);
  }
  if (std::max(suspicion.since, end - notice()) <= now) return pronounce(now, id, outbox);
  if (!suspicion.is_weak && suspicion.confirmers.size() < times.confirmations) {
    if (now >= suspicion.since + kPrivatePeriods * Duration{options.probe_interval}) {
      accuse(now, id, MemberState::suspect, outbox);
      if (has(Mechanism::buddy)) warn(now, id, outbox);
    } else if (suspicion.panels == 1 && now >= suspicion.since + kPanelPatience) {
      ask_panel(id, suspicion, outbox);
      inquire(now, id, Purpose::check, outbox);
    }
  }
  plan(id);
}

// "It is down", said while there is time left: nobody else has heard of it before, and whoever is
// accused must have had the time to answer.
void Membership::State::pronounce(Instant now, const NodeId& id, Outbox& outbox) {
  MemberTable::Held* held = table.find(id);
  const Verdict verdict{id, held->member->incarnation, MemberState::down};
  become(now, id, {MemberState::suspect, verdict.incarnation}, outbox);
  Suspicion& suspicion = suspect(now, id);
  suspicion.since = now;  // It may be overdue: held back while nobody answered us.
  suspicion.limit = now + hearing(id);
  plan(id);
  MemberTable::Past& past = table.keep_past(id);
  if (verdict.version() <= past.verdict_version) return;
  past.verdict_version = verdict.version();
  superseded.erase(id);
  outbox.push_back(Publish{verdict});
}

}  // namespace gossamer::membership
