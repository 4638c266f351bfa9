// The journal above the covered slot applied to the open store, what a kept store has beyond it
// journaled, and the last look before the service may start.

#include <fmt/format.h>

#include "journal/unit_journal.hpp"

namespace gossamer::journal {

// "Thaw": then replay every entry above the slot that the manifest covers; writes that the store
// holds are skipped. "Restart": a kept store first replays what the journal has beyond it.
void UnitJournal::replay_begin(Turn& turn) {
  Thawing& thawing = *thawing_;
  thawing.replay = thawing.walk.batches_above(thawing.applied);
  thawing.next_apply = thawing.next_body = 0;
  thawing.is_applying = false;
  replay_more(turn);
}

void UnitJournal::replay_more(Turn& turn) {
  Thawing& thawing = *thawing_;
  if (thawing.next_apply == thawing.replay.size() && !thawing.is_applying) return replay_end(turn);
  // Bodies that were not kept are read again, a few ahead of the one that is applied.
  thawing.next_body = std::max(thawing.next_body, thawing.next_apply);
  while (thawing.next_body < thawing.replay.size() &&
         thawing.next_body < thawing.next_apply + turn.options.parallel_transfers) {
    const Slot slot = thawing.replay[thawing.next_body++];
    if (thawing.walk.body(slot) == nullptr) {
      give(turn, Part::thaw, ThawStep::read_body, GetEntry{0, unit_, slot}, slot);
    }
  }
  if (!thawing.is_applying) replay_apply(turn);
}

void UnitJournal::replay_apply(Turn& turn) {
  Thawing& thawing = *thawing_;
  std::vector<Commit> commits;
  std::size_t bytes = 0;
  Sequence reached = thawing.applied;
  while (thawing.next_apply < thawing.replay.size() && bytes < turn.options.entry_bytes_max) {
    const Slot slot = thawing.replay[thawing.next_apply];
    const auto entry = thawing.walk.body(slot);
    if (entry == nullptr) break;
    for (const Commit& commit : entry->commits) {
      if (commit.sequence <= reached) continue;
      if (commit.sequence != reached + 1) {
        return thaw_trouble(turn, Remedy::give_up,
                            fmt::format("writes {} to {} are missing below slot {}", reached + 1,
                                        commit.sequence - 1, slot));
      }
      reached = commit.sequence;
      bytes += sizeof(Commit) + commit.bytes.size();
      commits.push_back(commit);
    }
    thawing.walk.drop_body(slot);
    ++thawing.next_apply;
  }
  const bool is_over = thawing.next_apply == thawing.replay.size();
  if (commits.empty()) return is_over ? replay_end(turn) : void();  // All was in the store already.
  thawing.is_applying = true;
  give(turn, Part::thaw, ThawStep::apply, Apply{0, unit_, std::move(commits)}, reached);
}

void UnitJournal::on_replay_answer(Turn& turn, const Orders::Concluded& done) {
  Thawing& thawing = *thawing_;
  switch (static_cast<ThawStep>(done.ticket.step)) {
    case ThawStep::read_body: {
      const EntryRead& read = std::get<EntryRead>(done.answer);
      if (!read.entry || read.is_corrupt) {
        return thaw_trouble(turn, Remedy::give_up,
                            fmt::format("slot {} cannot be read again", done.ticket.index));
      }
      thawing.walk.hold_body(done.ticket.index, read.entry);
      return replay_more(turn);
    }
    case ThawStep::apply: {
      const Applied& applied = std::get<Applied>(done.answer);
      thawing.is_applying = false;
      if (applied.outcome.outcome != ObjectOutcome::ok || applied.sequence != done.ticket.index) {
        return thaw_fail(turn,
                         fmt::format("the journal cannot be applied: ends at write {}, not {} {}",
                                     applied.sequence, done.ticket.index, applied.outcome.detail));
      }
      thawing.applied = applied.sequence;
      return replay_more(turn);
    }
    case ThawStep::read_spec: return on_start_spec(turn, std::get<SpecRead>(done.answer));
    case ThawStep::look_next: return on_start_look(turn, std::get<EntryRead>(done.answer));
    default: return;
  }
}

// "Restart": then journals its unshipped tail. All of it before the service starts, so that new
// writes follow on it.
void UnitJournal::replay_end(Turn& turn) {
  Thawing& thawing = *thawing_;
  const Sequence frozen = thawing.manifest == nullptr ? 0 : thawing.manifest->sequence;
  const Sequence journaled = std::max(frozen, thawing.walk.last_sequence());
  Sequence reached = journaled;
  std::vector<Commit> tail;
  for (Commit& commit : thawing.tail) {
    if (commit.sequence <= reached) continue;
    if (commit.sequence != reached + 1) break;
    reached = commit.sequence;
    tail.push_back(std::move(commit));
  }
  if (reached < thawing.applied) {
    return abandon_store(turn, fmt::format("lacks writes {} to {} of what the journal lacks",
                                           reached + 1, thawing.applied));
  }
  log_.committed = reached;
  log_.sent_through = log_.confirmed_through = log_.frozen_through = journaled;
  log_.entries_behind = thawing.walk.entries_behind() + 1;  // And our claim.
  thawing.walk.collect_types(may_go_, must_stay_);
  if (journaled > 0) turn.emit(Trim{unit_, journaled});
  for (Commit& commit : tail) {
    log_.waiting_bytes += commit.bytes.size();
    log_.waiting.push_back({std::move(commit), turn.now});
  }
  log_.urgent_through = reached;
  thawing.ships_tail = true;
  if (!log_.waiting.empty()) turn.trace("thaw: journals the tail of a kept store");
  append_next(turn);
}

// "Specs": reads the newest spec and its next slot after its claim and before it starts. Both were
// looked at right after the claim; a thaw may have taken long since.
void UnitJournal::start_look(Turn& turn) {
  thawing_->is_looking = true;
  give(turn, Part::thaw, ThawStep::read_spec, ReadSpec{0, unit_.service});
}

void UnitJournal::on_start_spec(Turn& turn, const SpecRead& spec) {
  if (spec.is_corrupt) return thaw_fail(turn, spec.outcome.detail);
  if (!runs_nowhere(unit_, spec)) {
    const Slot next = log_.confirmed + 1;
    return give(turn, Part::thaw, ThawStep::look_next, GetEntry{0, unit_, next}, next);
  }
  Withdrawing withdrawing;
  withdrawing.spec_version = spec.version;
  withdrawing.ends_claim = true;
  withdrawing.claimed_epoch = epoch_;
  stop_owning(turn, "the newest spec is an undeploy");
  // Until that is written it is a claim that ends, so nobody begins another one meanwhile.
  phase_ = Phase::claiming;
  claiming_.emplace();
  if (withdrawing_) {
    withdrawing_->ends_claim = true;
    withdrawing_->claimed_epoch = withdrawing.claimed_epoch;
    return;
  }
  withdraw_begin(turn, std::move(withdrawing));
}

void UnitJournal::on_start_look(Turn& turn, const EntryRead& read) {
  if (read.outcome.outcome == ObjectOutcome::absent) return ready(turn);
  fence(turn, fmt::format("slot {} was taken before the service could start", log_.confirmed + 1));
}

void UnitJournal::ready(Turn& turn) {
  thawing_.reset();
  claim_failures_ = 0;
  phase_ = Phase::owning;
  log_.quiet_since = turn.now;
  turn.emit(Ready{unit_, epoch_});
}

}  // namespace gossamer::journal
