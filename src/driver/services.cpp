// The life of an owned unit: claimed, ready, started, published; and the ways in which it ends.

#include <fmt/format.h>

#include "driver/state.hpp"

namespace gossamer::driver {

void Driver::State::on_claim_ended(const journal::ClaimEnded& ended) {
  const NodeId& self = options.identity.id();
  // However it ended: an epoch that was read in the journal is real, and the one before it is over.
  // Whose it is only a claim that stands can tell: one that was lost to may be void itself.
  if (ended.epoch > 0) {
    const NodeId claimant = ended.outcome == journal::ClaimOutcome::won ? self : NodeId{};
    naming.on_claim(now, ended.unit, ended.epoch, claimant, naming_out);
  }
  switch (ended.outcome) {
    case journal::ClaimOutcome::won: {
      // Rule 3: only now, with the claim confirmed and nothing above it, may anybody hear of it.
      const ownership::ClaimAnnouncement claim{ended.unit, ended.epoch, self, ended.slot};
      claims_held[ended.unit] = claim;
      publish(claim);
      ownership.on_claim(now, claim, ownership_out);
      return ownership.on_claim_ended(now, ended.unit, ownership::ClaimResult::won, ended.epoch,
                                      self, ownership_out);
    }
    case journal::ClaimOutcome::lost:
      return ownership.on_claim_ended(now, ended.unit, ownership::ClaimResult::lost, ended.epoch,
                                      ended.owner, ownership_out);
    case journal::ClaimOutcome::withdrawn:
      return ownership.on_claim_ended(now, ended.unit, ownership::ClaimResult::withdrawn,
                                      ended.epoch, ended.owner, ownership_out);
    case journal::ClaimOutcome::busy:
      return ownership.on_claim_ended(now, ended.unit, ownership::ClaimResult::busy, ended.epoch,
                                      ended.owner, ownership_out);
    case journal::ClaimOutcome::failed:
      return ownership.on_claim_ended(now, ended.unit, ownership::ClaimResult::failed, ended.epoch,
                                      ended.owner, ownership_out);
  }
}

void Driver::State::on_ready(const journal::Ready& ready) {
  const auto at = running.find(ready.unit);
  if (at != running.end()) {
    // Its service of an earlier epoch is still stopping.
    at->second.then.push_back([ready](State& state) { state.on_ready(ready); });
    return;
  }
  if (journal.owned_epoch(ready.unit) != ready.epoch) return;  // Fenced while that one stopped.
  running[ready.unit].epoch = ready.epoch;
  const ownership::SpecVersion* spec = ownership.spec(ready.unit.service);
  std::shared_ptr<Store> store = ports.stores->serve(ready.unit);
  if (is_leaving || spec == nullptr || spec->is_undeploy || store == nullptr) {
    return release_unit(ready.unit, Error{ErrorCode::cancelled, "not wanted here any more"});
  }
  running[ready.unit].is_started = true;
  after_turn.add([services = ports.services, ready, spec = spec->spec, store = std::move(store),
                  reply = later([ready](State& state, Result<Endpoint> endpoint) {
                    state.on_started(ready.unit, ready.epoch, std::move(endpoint));
                  })]() mutable {
    services->start(ready.unit, ready.epoch, spec, std::move(store), std::move(reply));
  });
}

void Driver::State::on_started(const UnitId& unit, Epoch epoch, Result<Endpoint> endpoint) {
  const auto at = running.find(unit);
  if (at == running.end() || at->second.epoch != epoch || at->second.is_stopping) return;
  if (!endpoint) {
    notify(Alarm{to_string(unit), fmt::format("the service did not start in epoch {}: {}", epoch,
                                              endpoint.error().detail)});
    return release_unit(unit, endpoint.error());
  }
  NameRecord record;
  record.name = unit.service;
  record.ordinal = unit.ordinal;
  record.node = options.identity.id();
  record.endpoint = *endpoint;
  record.epoch = epoch;
  const Result<void> published = naming.publish(now, std::move(record), naming_out);
  if (!published) notify(Alarm{to_string(unit), published.error().detail});
}

void Driver::State::on_fenced(const journal::Fenced& fenced) {
  ++counters.appends_refused;
  const Error reason{ErrorCode::fenced, fenced.detail};
  // What is in a store that may be kept may be journaled by a later claim of this node.
  acknowledgements.on_lost(fenced.unit, fenced.is_replaced ? fenced.unknown_through : UINT64_MAX,
                           fenced.detail);
  notify(UnitFenced{fenced.unit, fenced.epoch, fenced.detail});
  stop_service(fenced.unit, reason, {});
  ownership.on_stopped(now, fenced.unit, ownership_out);
}

void Driver::State::on_observed(const journal::Observed& observed) {
  naming::Naming::JournalRead read{observed.is_reliable, observed.is_fresh, observed.epoch, {}};
  if (!observed.is_withdrawn) read.claimant = observed.writer;  // Anybody may withdraw.
  naming.on_journal_read(now, observed.unit, read, naming_out);
  ownership::Ownership::Observation seen;
  seen.unit = observed.unit;
  seen.is_reliable = observed.is_reliable;
  seen.tip = observed.tip;
  seen.epoch = observed.epoch;
  seen.owner = observed.writer;
  seen.is_withdrawn = observed.is_withdrawn;
  seen.withdrawn_version = observed.is_withdrawn ? observed.spec_version : 0;
  ownership.on_observed(now, seen, ownership_out);
}

void Driver::State::stop_service(const UnitId& unit, const Error& reason,
                                 std::function<void(State&)> then) {
  const auto at = running.find(unit);
  if (at == running.end()) {
    if (then) then(*this);
    return;
  }
  Running& service = at->second;
  if (then) service.then.push_back(std::move(then));
  if (service.is_stopping) return;
  service.is_stopping = true;
  naming.withdraw(now, unit.service, unit.ordinal, naming_out);
  auto stopped = later([unit](State& state) {
    const auto gone = state.running.find(unit);
    if (gone == state.running.end()) return;
    const auto waiting = std::move(gone->second.then);
    state.running.erase(gone);
    for (const auto& task : waiting) task(state);
    state.say_goodbye_if_done();
  });
  if (!service.is_started) {
    after_turn.add(std::move(stopped));
    return;
  }
  after_turn.add([services = ports.services, unit, epoch = service.epoch, reason,
                  stopped = std::move(stopped)]() mutable {
    services->stop(unit, epoch, reason, std::move(stopped));
  });
}

void Driver::State::withdraw_unit(const UnitId& unit, std::uint64_t spec_version) {
  if (!journal_orders || !withdrawing.insert({unit, spec_version}).second) return;
  stop_service(unit, Error{ErrorCode::cancelled, "undeployed"}, [unit, spec_version](State& state) {
    const bool was_owned = state.journal.owned_epoch(unit).has_value();
    state.journal.withdraw(state.now, unit, spec_version, state.journal_out);
    if (was_owned) state.ownership.on_stopped(state.now, unit, state.ownership_out);
  });
}

void Driver::State::release_unit(const UnitId& unit, const Error& reason) {
  closing.insert(unit);
  stop_service(unit, reason, [unit, epoch = journal.owned_epoch(unit)](State& state) {
    // Fenced while it stopped, and maybe owned in a newer epoch by now.
    if (!epoch || state.journal.owned_epoch(unit) != epoch) {
      state.closing.erase(unit);
      return;
    }
    state.journal.release(state.now, unit, state.journal_out);
    state.ownership.on_stopped(state.now, unit, state.ownership_out);
  });
}

void Driver::State::close_store(const UnitId& unit) {
  // Whoever still waits was not told by Fenced: the store is as it was, and may be kept.
  acknowledgements.on_lost(unit, UINT64_MAX, "the store was closed");
  ports.stores->close(
      unit, Error{ErrorCode::fenced, fmt::format("{} is not owned here any more", to_string(unit))},
      [](Result<void>) {});
  closing.erase(unit);
  say_goodbye_if_done();
}

void Driver::State::on_committed(const UnitId& unit, Epoch epoch, journal::Commit commit,
                                 Durability durability, Store::Committed done) {
  turn([&] {
    if (journal.owned_epoch(unit) != epoch) {
      after_turn.add([unit, done = std::move(done)]() mutable {
        done(
            fail(ErrorCode::unknown_outcome,
                 fmt::format(
                     "{} was lost while this was written; ask its owner, under the same request id",
                     to_string(unit))));
      });
      return;
    }
    acknowledgements.on_committed(unit, commit.sequence, durability, std::move(done));
    journal.on_committed(now, unit, epoch, std::move(commit), durability == Durability::frozen,
                         journal_out);
  });
}

// Nothing can be written here any more, and only opening again tells what the disk has: the unit is
// let go, and whoever claims it next, this node too, opens or thaws.
void Driver::State::on_broken(const UnitId& unit, Epoch epoch, const Error& error) {
  turn([&] {
    if (journal.owned_epoch(unit) != epoch) return;
    notify(Alarm{to_string(unit),
                 fmt::format("the local store failed in epoch {}, so the unit is let go: {}", epoch,
                             error.detail)});
    release_unit(unit, error);
  });
}

std::string Driver::State::owner_of(const UnitId& unit) const {
  for (const auto& status : ownership.status()) {
    if (status.unit != unit || status.owner.is_zero()) continue;
    const Member* owner = membership.members().find(status.owner);
    return fmt::format("ask its owner, {}",
                       owner != nullptr ? owner->name : to_string(status.owner));
  }
  return "no owner is known here";
}

void Driver::State::on_freeze_ended(const FreezeEnded& ended) {
  const auto at = freezes.find(ended.unit);
  if (at == freezes.end() || ended.epoch == 0) return;  // Of epoch 0: of nobody's freeze.
  std::vector<AskedFreeze> asked = std::move(at->second);
  freezes.erase(at);
  for (AskedFreeze& one : asked) {
    if (one.ends_before-- > 0) {
      freezes[ended.unit].push_back(std::move(one));
      continue;
    }
    after_turn.add([done = std::move(one.done), ended]() mutable {
      if (ended.detail.empty()) return done(ended.sequence);
      done(fail(ErrorCode::unavailable,
                fmt::format("freeze of {}: {}", to_string(ended.unit), ended.detail)));
    });
  }
}

}  // namespace gossamer::driver
