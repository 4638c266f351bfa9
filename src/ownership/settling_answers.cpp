// Answers to orders of ours: what was seen at a tip, what the user said, how a claim ended.

#include <algorithm>

#include "ownership/settling.hpp"

namespace gossamer::ownership {
namespace {

/// After a no of the user.
constexpr Duration kAskAgain = std::chrono::seconds{10};
/// A unit that ran for so long did start: its earlier failures are over.
constexpr Duration kGoodRun = std::chrono::minutes{1};

}  // namespace

void Settling::on_observed(Instant now, const Ownership::Observation& observation, Outbox& outbox) {
  begin(now);
  const UnitId& unit = observation.unit;
  UnitWatch* const held = find(unit);
  if (held == nullptr || held->is_mine || held->is_claiming) return;
  const bool is_awaited = held->observing_since.has_value();
  held->observing_since.reset();
  observes_.leave(unit);
  const bool is_behind = observation.epoch < held->epoch;
  if (!observation.is_reliable || is_behind) {
    // A journal cannot fall behind a claim that was announced: it was read too early, or not there.
    if (is_behind) outbox.push_back(gossip::Trace{"ownership: a tip below an announced claim"});
    if (is_awaited) fail_observation(now, unit, *held);
  } else if (is_awaited || observation.epoch > held->epoch) {
    held->observe_failures = 0;
    const bool is_empty = observation.tip == 0 || observation.is_withdrawn;
    const NodeId owner = is_empty ? NodeId{} : observation.owner;
    const bool is_same_owner = observation.epoch == held->epoch && owner == held->owner;
    if (observation.is_withdrawn) {
      held->withdrawn_version = std::max(held->withdrawn_version, observation.withdrawn_version);
    }
    note_owner(now, unit, *held, observation.epoch, owner, outbox);
    if (is_awaited) note_tip(now, unit, *held, observation, is_same_owner, outbox);
  }
  step(now, unit, *held, outbox);
  admit(now, outbox);
}

void Settling::note_tip(Instant now, const UnitId& unit, UnitWatch& watch,
                        const Ownership::Observation& observation, bool is_same_owner,
                        Outbox& outbox) {
  if (!vacancy_cause(watch, members_, self_, now)) return;
  if (!watch.vacancy) {
    watch.vacancy = Vacancy{};
    watch.vacancy->since = now;
  }
  Vacancy& vacancy = *watch.vacancy;
  const bool has_grown = vacancy.tip.has_value() && observation.tip > *vacancy.tip;
  if (vacancy.is_busy || has_grown) {
    if (is_same_owner && !watch.owner.is_zero()) {
      // It is down here only. Others may hear it, and what it writes is safe: leave it its unit for
      // as long as it writes.
      outbox.push_back(Notify{OwnerUnreachable{unit, watch.owner}});
      watch.claim_rest = now + options_.hesitation;
    } else {
      watch.claim_rest = now + options_.retry;
    }
  }
  vacancy.is_busy = false;
  vacancy.may_take = false;
  vacancy.tip = observation.tip;
  vacancy.is_tip_fresh = true;
}

void Settling::on_may_take(Instant now, const UnitId& unit, bool may, Outbox& outbox) {
  begin(now);
  UnitWatch* const held = find(unit);
  if (held == nullptr || !held->asking_since || !held->vacancy) return;
  held->asking_since.reset();
  claims_.leave(unit);
  if (may) {
    held->vacancy->may_take = true;
  } else {
    held->claim_rest = now + kAskAgain;
  }
  step(now, unit, *held, outbox);
  // A yes is for now only: what comes later is asked anew.
  if (held->vacancy) held->vacancy->may_take = false;
  admit(now, outbox);
}

void Settling::on_claim_ended(Instant now, const UnitId& unit, ClaimResult result, Epoch epoch,
                              const NodeId& owner, Outbox& outbox) {
  begin(now);
  UnitWatch* const held = find(unit);
  if (held == nullptr) return;
  if (!held->is_claiming) {
    // It was won, but then its state could not be had, or the newest spec was an undeploy by then.
    const bool is_withdrawn = result == ClaimResult::withdrawn;
    if (!held->is_mine || (!is_withdrawn && result != ClaimResult::failed)) return;
    if (is_withdrawn) {
      held->withdrawn_version = std::max(held->withdrawn_version, held->claimed_version);
    }
    on_stopped(now, unit, outbox);
    return;
  }
  held->is_claiming = false;
  claims_.leave(unit);
  switch (result) {
    case ClaimResult::won: win(now, unit, *held, epoch, outbox); break;
    case ClaimResult::lost: lose(now, unit, *held, epoch, owner, outbox); break;
    case ClaimResult::withdrawn:
      held->withdrawn_version = std::max(held->withdrawn_version, held->claimed_version);
      note_owner(now, unit, *held, std::max(epoch, held->epoch), NodeId{}, outbox);
      break;
    case ClaimResult::busy:
      if (held->vacancy) held->vacancy->is_busy = true;
      break;
    case ClaimResult::failed: fail_claim(now, *held); break;
  }
  if (!held->is_wanted && !held->is_mine) unwanted_.insert(unit);
  step(now, unit, *held, outbox);
  admit(now, outbox);
}

void Settling::win(Instant now, const UnitId& unit, UnitWatch& watch, Epoch epoch, Outbox& outbox) {
  if (epoch < watch.epoch || (epoch == watch.epoch && watch.is_known && watch.owner != self_)) {
    outbox.push_back(gossip::Trace{"ownership: a claim was outdone before its end was told"});
    return;
  }
  watch.is_mine = true;
  watch.learned_at = now;
  note_owner(now, unit, watch, epoch, self_, outbox);
  if (!watch.is_wanted || watch.is_withdrawn()) {
    outbox.push_back(Withdraw{unit, std::max(watch.spec_version, watch.withdrawn_version)});
  }
}

void Settling::lose(Instant now, const UnitId& unit, UnitWatch& watch, Epoch epoch,
                    const NodeId& owner, Outbox& outbox) {
  if (!owner.is_zero() && owner != self_ && epoch >= watch.epoch && epoch != 0) {
    const bool is_news = epoch > watch.epoch;
    note_owner(now, unit, watch, epoch, owner, outbox);
    // Lost to whom we took for gone: not at once again.
    if (!is_news && vacancy_cause(watch, members_, self_, now)) fail_claim(now, watch);
    return;
  }
  if (epoch < watch.epoch && watch.is_known && epoch != 0) return;  // Announced meanwhile.
  watch.is_known = false;
  fail_claim(now, watch);
}

void Settling::fail_claim(Instant now, UnitWatch& watch) {
  watch.claim_rest = now + backoff(options_.retry, watch.claim_failures);
  watch.claim_failures = std::min<std::uint32_t>(watch.claim_failures + 1, 32);
}

void Settling::fail_observation(Instant now, const UnitId& unit, UnitWatch& watch) {
  watch.observing_since.reset();
  observes_.leave(unit);
  watch.observe_rest = now + backoff(options_.retry, watch.observe_failures);
  watch.observe_failures = std::min<std::uint32_t>(watch.observe_failures + 1, 32);
}

void Settling::on_stopped(Instant now, const UnitId& unit, Outbox& outbox) {
  begin(now);
  UnitWatch* const held = find(unit);
  if (held == nullptr || held->is_claiming) return;
  if (!held->is_mine && held->owner != self_) return;  // Whoever outdid us is known already.
  stop(now, unit, *held, outbox);
  step(now, unit, *held, outbox);
  admit(now, outbox);
}

void Settling::stop(Instant now, const UnitId& unit, UnitWatch& watch, Outbox& outbox) {
  if (watch.is_mine) {
    if (now >= watch.learned_at + kGoodRun) watch.claim_failures = watch.stranger_losses = 0;
    fail_claim(now, watch);
  }
  watch.is_mine = false;
  watch.is_known = false;
  if (watch.is_wanted) return;
  forget_owner(unit, watch);
  unwanted_.insert(unit);
  tell(unit, watch, outbox);
}

}  // namespace gossamer::ownership
