// What statements and verdicts do to what is believed of others.

#include <algorithm>

#include "base/boot.hpp"
#include "membership/state.hpp"

namespace gossamer::membership {
namespace {

using gossip::EntryKey;
using gossip::EntryKind;
using gossip::Forget;
using gossip::Hush;
using gossip::Trace;
using gossip::Unhush;

// A suspect is told at once, and its answer is told at once: some round trips, and some packets
// lost.
constexpr int kHearingTimeouts = 4;
// Who came back from being down within this time comes and goes.
constexpr Duration kFlappingTime = std::chrono::minutes{5};

Belief claimed_by(const MemberStatement& statement) {
  return {statement.is_leaving ? MemberState::left : MemberState::alive, statement.incarnation};
}

bool is_live(const Belief& belief) {
  return belief.state == MemberState::alive || belief.state == MemberState::suspect;
}

EntryKey member_key(const NodeId& id) {
  return {EntryKind::member, id, {}};
}
EntryKey verdict_key(const NodeId& id) {
  return {EntryKind::verdict, id, {}};
}

}  // namespace

bool Membership::State::hear_member(Instant now, const NodeId& author,
                                    const MemberStatement& statement, Outbox& outbox) {
  if (author.is_zero() || !is_acceptable(statement)) {
    outbox.push_back(Trace{"membership: statement beyond its bounds"});
    return false;
  }
  if (author == self) {
    hear_of_self(now, statement, outbox);
    return false;
  }
  if (is_foreign(statement)) {
    refuse(now, author, statement, outbox);
    return false;
  }
  MemberTable::Held* held = table.find(author);
  if (held == nullptr) {
    if (!admit(now, author, statement, outbox)) return false;
    heed_newcomer(now, author, outbox);
  } else {
    if (statement.incarnation <= held->said) return false;
    const Endpoint home = held->member->endpoint;
    if (home != statement.endpoint) links.on_ring_changed(now);
    table.restate(author, statement);
    if (home != statement.endpoint) {
      held->housed_at = now;
      held->has_answered = false;
    }
    if (home != statement.endpoint) settle_heirs(now, home, outbox);
    const Verdict overtaken{author, statement.incarnation, MemberState::suspect};
    const std::uint64_t verdict_version = table.past(author).verdict_version;
    if (verdict_version != 0 && verdict_version < overtaken.version()) {
      table.keep_past(author).verdict_version = 0;
      superseded.insert(author);
      earlier(superseded_at, now);
    }
    const Belief heard = claimed_by(statement);
    const bool comes_there = !held->is_live() || home != statement.endpoint;
    if (is_live(heard) && comes_there && is_taken(now, author, statement.endpoint)) {
      wait_for_answer(now, author, outbox);
    } else if (wins(heard, held->belief())) {
      become(now, author, heard, outbox);
    }
  }
  // Whoever claims our address was here before us: we are what became of it.
  if (statement.endpoint == own.endpoint && table.find(author)->is_live()) {
    oust(now, author, outbox);
  }
  return true;
}

bool Membership::State::admit(Instant now, const NodeId& author, const MemberStatement& statement,
                              Outbox& outbox) {
  const std::optional<Incarnation> remembered = tombstones.remembered(author);
  if (remembered && statement.incarnation <= *remembered && !tombstones.was_heard(author)) {
    // Old news of one long gone; or it was apart for longer than anybody speaks of the down. So it
    // is asked itself: what it says is believed once it was heard.
    if (!statement.is_leaving && tombstones.may_ask(now, author, options.reconnect_interval)) {
      contacting.ask(now, statement.endpoint);
    }
    outbox.push_back(Trace{"membership: news of a forgotten member"});
    return false;
  }
  if (table.is_full() && !make_room(now, author, statement, outbox)) return false;
  tombstones.stop_remembering(author);
  Belief belief = claimed_by(statement);
  const bool must_wait = is_live(belief) && is_taken(now, author, statement.endpoint);
  if (must_wait) belief.state = MemberState::down;
  MemberTable::Held& held = table.insert(author, statement, belief);
  if (remembered) table.keep_past(author).returned_at = now;
  held.housed_at = now;
  if (must_wait) {
    wait_for_answer(now, author, outbox);
  } else if (is_live(belief)) {
    schedule.add(author);
    links.on_ring_changed(now);
    events.up(now, author);
  } else {
    tombstones.bury(now, author);
  }
  return true;
}

bool Membership::State::hear_verdict(Instant now, const NodeId& accuser, const Verdict& verdict,
                                     Outbox& outbox) {
  if (!is_acceptable(verdict)) {
    outbox.push_back(Trace{"membership: verdict beyond its bounds"});
    return false;
  }
  if (verdict.accused == self) {
    refute(now, accuser, verdict, outbox);
    return false;
  }
  MemberTable::Held* held = table.find(verdict.accused);
  if (held == nullptr) return false;
  // Only the accused raises its incarnation. What it has not said here yet comes by itself, and the
  // verdict again with it.
  if (verdict.incarnation > held->said) {
    outbox.push_back(Trace{"membership: verdict on what was not said"});
    return false;
  }
  if (successions.waits(verdict.accused)) return hear_of_heir(verdict);
  const Belief heard{verdict.state, verdict.incarnation};
  const bool is_death = heard.state == MemberState::down;
  if (verdict.version() <= table.past(verdict.accused).verdict_version) return false;
  // A death that this node has found by itself is held too: all hold the same in the end.
  const bool is_known = is_death && heard == held->belief();
  if (!is_known && !wins(heard, held->belief())) return false;
  // Of one just heard of for the first time it may be as old as that news is. One that came back
  // has answered such a word already, or it could be buried anew at each return.
  const bool is_old_news =
      events.is_unannounced(verdict.accused) && !table.past(verdict.accused).returned_at;
  const bool is_to_be_answered =
      is_death && has(Mechanism::hearing) && held->is_live() && !is_old_news;
  if (is_to_be_answered && !is_trusted(now, accuser)) {
    hear_untrusted_death(now, accuser, verdict, outbox);
    // Not held, or the same word of one who is trusted would be no news. It comes again.
    return false;
  }
  table.keep_past(verdict.accused).verdict_version = verdict.version();
  superseded.erase(verdict.accused);
  if (is_known) return true;
  if (is_to_be_answered) {
    hear_death(now, heard, verdict.accused, outbox);
    note_author(verdict.accused, accuser);
    if (verdict.is_refused) hear_refused_death(now, accuser, verdict.accused, outbox);
    return true;
  }
  become(now, verdict.accused, heard, outbox);
  note_author(verdict.accused, accuser);
  if (heard.state == MemberState::suspect) bury_if_doomed(now, verdict.accused, outbox);
  return true;
}

void Membership::State::hear_untrusted_death(Instant now, const NodeId& accuser,
                                             const Verdict& verdict, Outbox& outbox) {
  outbox.push_back(Trace{"membership: verdict from beyond a split"});
  const NodeId& accused = verdict.accused;
  const Belief doubt{MemberState::suspect, verdict.incarnation};
  // In this node's own name: what it does not hold it cannot tell the accused.
  if (wins(doubt, table.find(accused)->belief())) accuse(now, accused, doubt.state, outbox);
  note_author(accused, accuser);
  const MemberTable::Held* judge = table.find(accuser);
  const bool is_new = judge == nullptr || successions.waits(accuser);
  const auto at = suspicions.find(accused);
  if (is_new && at != suspicions.end()) at->second.unknown_judge = accuser;
  // That this node finds out for itself.
  const bool is_witness = judge != nullptr && judge->is_live();
  if (verdict.is_refused && is_witness) hear_refused_death(now, accuser, accused, outbox);
  warn(now, accused, outbox);
}

// Another's word buries nobody who has not had the time to answer it: whoever is not a suspect yet
// becomes one, is told so, and is down when that time is over. A true death costs nothing by it,
// for everybody has suspected it for longer before the first says that it is down.
void Membership::State::hear_death(Instant now, const Belief& heard, const NodeId& id,
                                   Outbox& outbox) {
  if (table.find(id)->member->state == MemberState::alive ||
      table.find(id)->member->incarnation != heard.incarnation) {
    become(now, id, {MemberState::suspect, heard.incarnation}, outbox);
  }
  const std::optional<Instant> until = hearings.at(id);
  if (!until || *until <= now) return become(now, id, heard, outbox);
  outbox.push_back(Trace{"membership: a death that is to be answered first"});
  Suspicion& suspicion = suspect(now, id);
  earlier(suspicion.limit, *until);
  plan(id);
  warn(now, id, outbox);
}

// Of one that is far away two round trips and a half.
Duration Membership::State::hearing(const NodeId& accused) const {
  const MemberTable::Held* held = table.find(accused);
  const auto round_trip = held == nullptr ? std::nullopt : held->round_trip.smoothed();
  return std::max(notice(), round_trip.value_or(Duration{0}) * 5 / 2);
}

Duration Membership::State::notice() const {
  return kHearingTimeouts * Duration{options.probe_timeout};
}

// Where nodes come all the time, news of a death may be here before news of who found it.
void Membership::State::heed_newcomer(Instant now, const NodeId& judge, Outbox& outbox) {
  if (!is_trusted(now, judge)) return;
  std::vector<NodeId> accused;
  for (const auto& [id, suspicion] : suspicions) {
    if (suspicion.unknown_judge == judge) accused.push_back(id);
  }
  for (const NodeId& id : accused) {
    const Incarnation incarnation = suspicions.at(id).incarnation;
    hear_death(now, {MemberState::down, incarnation}, id, outbox);
  }
}

void Membership::State::note_author(const NodeId& accused, const NodeId& accuser) {
  const auto at = suspicions.find(accused);
  if (at == suspicions.end() || at->second.author) return;
  at->second.author = accuser;
  plan(accused);  // It waits no longer for this node to be answered.
}

// One that is not live here, or was not a moment ago, may speak from beyond a split, where all of
// us were down. Its word does not bury our living; but they must answer. What one said that has
// left us since may come after its goodbye, and one that was started anew has learnt from us what
// it says.
bool Membership::State::is_trusted(Instant now, const NodeId& accuser) const {
  const MemberTable::Held* judge = table.find(accuser);
  if (judge == nullptr || (!judge->is_live() && !judge->has_departed)) return false;
  const MemberTable::Past& past = table.past(accuser);
  return past.is_reborn || !past.returned_at ||
         now >= *past.returned_at + 2 * options.sync_interval;
}

void Membership::State::become(Instant now, const NodeId& id, const Belief& belief,
                               Outbox& outbox) {
  const bool was_live = table.find(id)->is_live();
  if (is_live(belief) && !was_live && !successions.waits(id)) {
    note_return(now, id, belief.incarnation);
  }
  const bool was_waiting = successions.waits(id);
  successions.stop_waiting(id);
  // What refused was its life before.
  if (belief.incarnation > table.find(id)->member->incarnation) refusals.erase(id);
  table.believe(id, belief);
  table.find(id)->has_departed = was_live && belief.state == MemberState::left;
  if (belief.state != MemberState::suspect) drop_suspicion(id);
  hearings.cancel(id);
  if (is_live(belief)) {
    if (tombstones.is_hushed(id)) {
      outbox.push_back(Unhush{member_key(id)});
      outbox.push_back(Unhush{verdict_key(id)});
    }
    tombstones.raise(id);
    if (!was_live) {
      schedule.add(id);
      links.on_ring_changed(now);
      events.up(now, id);
    }
  } else {
    tombstones.bury(now, id);
    doomed.erase(id);
    refusals.erase(id);
    if (was_live) {
      schedule.remove(id);
      links.on_ring_changed(now);
      if (table.live_count() == 1) contacting.hurry(now);
    }
  }
  const auto notify = [&](auto event) {
    event.member = table.describe(id);
    outbox.push_back(Notify{std::move(event)});
  };
  switch (belief.state) {
    case MemberState::alive: break;
    case MemberState::suspect:
      suspect(now, id).is_public = true;
      plan(id);
      hearings.set(id, now + hearing(id));
      if (!events.is_unannounced(id)) notify(MemberSuspected{});
      break;
    case MemberState::down:
      if (was_live) events.down(now, id);
      break;
    case MemberState::left: {
      const EventWindow::Untold untold = events.withdraw(id);
      // Of one that waits the user knows that it is down, unless that was to be told just now.
      const bool is_known = untold == EventWindow::Untold::down || !was_waiting;
      if (untold != EventWindow::Untold::up && is_known) notify(MemberLeft{});
      break;
    }
  }
  if (was_live && !is_live(belief)) settle_heirs(now, table.find(id)->member->endpoint, outbox);
}

std::uint8_t Membership::State::returns_lately(Instant now, const NodeId& id) const {
  const MemberTable::Past& past = table.past(id);
  return past.returned_at && now - *past.returned_at < kFlappingTime ? past.returns : 0;
}

void Membership::State::note_return(Instant now, const NodeId& id, Incarnation incarnation) {
  MemberTable::Held* held = table.find(id);
  MemberTable::Past& past = table.keep_past(id);
  past.is_reborn = boot_of(incarnation) > boot_of(held->member->incarnation);
  // Who had said goodbye was not silent.
  const int more = held->member->state == MemberState::left ? 0 : 1;
  past.returns = static_cast<std::uint8_t>(std::min(returns_lately(now, id) + more, 255));
  past.returned_at = now;
  held->silent_in_a_row = 0;
}

void Membership::State::accuse(Instant now, const NodeId& id, MemberState state, Outbox& outbox,
                               bool is_refused) {
  MemberTable::Held* held = table.find(id);
  if (held == nullptr || own.is_leaving) return;
  const Verdict verdict{id, held->member->incarnation, state, is_refused};
  if (!wins({verdict.state, verdict.incarnation}, held->belief())) return;
  become(now, id, {verdict.state, verdict.incarnation}, outbox);
  MemberTable::Past& past = table.keep_past(id);
  if (verdict.version() <= past.verdict_version) return;  // Somebody has said it already.
  past.verdict_version = verdict.version();
  superseded.erase(id);
  outbox.push_back(Publish{verdict});
}

bool Membership::State::is_foreign(const MemberStatement& statement) const {
  return !statement.store_id.empty() && !own.store_id.empty() && statement.store_id != own.store_id;
}

void Membership::State::refuse(Instant now, const NodeId& author, const MemberStatement& statement,
                               Outbox& outbox) {
  if (!foreign_notices.allows(now, options.probe_interval)) return;
  outbox.push_back(Notify{ForeignObjectStore{author, own.store_place, statement.store_place}});
  outbox.push_back(Send{statement.endpoint, false, Refused{own.store_id, own.store_place}});
}

// A doubted member is told so by a comparison: it hears the verdict and answers under a higher
// incarnation. Once per period and member.
void Membership::State::warn(Instant now, const NodeId& id, Outbox& outbox) {
  MemberTable::Held* held = table.find(id);
  const bool is_doubted = held != nullptr && (held->member->state == MemberState::suspect ||
                                              held->member->state == MemberState::down);
  if (!is_doubted) return;
  if (held->member->state == MemberState::suspect && !has(Mechanism::buddy)) return;
  MemberTable::Past& past = table.keep_past(id);
  if (past.warned_at && now < *past.warned_at + options.probe_interval) return;
  past.warned_at = now;
  if (held->member->state == MemberState::down && tombstones.is_hushed(id)) {
    // We speak of it no more, so it would never learn why nobody speaks with it.
    const Verdict verdict{id, held->member->incarnation, MemberState::down};
    past.verdict_version = verdict.version();
    tombstones.bury(now, id);
    outbox.push_back(Forget{verdict_key(id)});
    outbox.push_back(Publish{verdict});
  }
  contacting.warn(now, id, held->member->endpoint);
}

void Membership::State::forget_superseded(Outbox& outbox) {
  for (const NodeId& id : superseded) outbox.push_back(Forget{verdict_key(id)});
  superseded.clear();
  for (const NodeId& id : gave_way) {
    const MemberTable::Held* held = table.find(id);  // It may have come back.
    if (held == nullptr) outbox.push_back(Forget{member_key(id)});
    if (table.past(id).verdict_version == 0) outbox.push_back(Forget{verdict_key(id)});
  }
  gave_way.clear();
  superseded_at.reset();
}

void Membership::State::run_tombstones(Instant now, Outbox& outbox) {
  for (const NodeId& id : tombstones.take_hushed(now)) {
    outbox.push_back(Hush{member_key(id)});
    if (table.past(id).verdict_version != 0) outbox.push_back(Hush{verdict_key(id)});
  }
  for (const NodeId& id : tombstones.take_forgotten(now)) {
    outbox.push_back(Forget{member_key(id)});
    if (table.past(id).verdict_version != 0) outbox.push_back(Forget{verdict_key(id)});
    forget(id);
  }
}

}  // namespace gossamer::membership
