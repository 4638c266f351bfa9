// Trying to own the unit: read the tip, put the claim above it, and see that nothing lies above
// that.

#include <fmt/format.h>

#include "base/counter.hpp"
#include "journal/unit_journal.hpp"

namespace gossamer::journal {
namespace {

// Each restart means that somebody else moved the tip meanwhile.
constexpr unsigned kRestartsMax = 8;
// After the first failure, doubling.
constexpr Duration kClaimAgainMin = std::chrono::seconds{5};
constexpr Duration kClaimAgainMax = std::chrono::minutes{10};

}  // namespace

void UnitJournal::claim(Turn& turn, const Journal::UnitPolicy& policy,
                        std::optional<Slot> tip_expected) {
  const bool is_newer = policy.spec_version > policy_.spec_version;
  policy_ = policy;
  if (phase_ == Phase::claiming) return;  // Its ClaimEnded answers both.
  if (phase_ != Phase::idle) {
    return turn.emit(ClaimEnded{unit_, ClaimOutcome::lost, epoch_, turn.self});
  }
  // What cannot be thawed must not gather a claim every few seconds; a newer spec may be the cure.
  if (turn.now < claim_again_at_ && !is_newer) {
    return turn.emit(ClaimEnded{unit_, ClaimOutcome::failed});
  }
  phase_ = Phase::claiming;
  claiming_.emplace();
  claiming_->tip_expected = tip_expected;
  claim_list(turn, tip_hint_ > 1 ? tip_hint_ - 1 : 0);
}

void UnitJournal::claim_list(Turn& turn, Slot after) {
  claiming_->after = after;
  give(turn, Part::claim, ClaimStep::list_tip, claiming_->listing.begin(unit_, after));
}

void UnitJournal::on_claim_answer(Turn& turn, const Orders::Concluded& done) {
  switch (static_cast<ClaimStep>(done.ticket.step)) {
    case ClaimStep::list_tip: return claim_on_tip_listed(turn, std::get<Listed>(done.answer));
    case ClaimStep::read_tip: return claim_on_tip(turn, std::get<EntryRead>(done.answer));
    case ClaimStep::inspect: return claim_on_inspected(turn, std::get<StoreInspected>(done.answer));
    case ClaimStep::record: return claim_on_recorded(turn, std::get<Outcome>(done.answer));
    case ClaimStep::put:
      if (outcome_of(done.answer).outcome == ObjectOutcome::ok) {
        return give(turn, Part::claim, ClaimStep::read_spec, ReadSpec{0, unit_.service});
      }
      return give(turn, Part::claim, ClaimStep::read_slot, GetEntry{0, unit_, claiming_->slot});
    case ClaimStep::read_slot: return claim_on_slot(turn, std::get<EntryRead>(done.answer));
    case ClaimStep::read_spec:
      claiming_->spec = std::get<SpecRead>(done.answer);
      if (claiming_->spec.is_corrupt) return claim_without_spec(turn);
      return give(turn, Part::claim, ClaimStep::list_above,
                  claiming_->listing.begin(unit_, claiming_->slot));
    case ClaimStep::list_above: return claim_on_above(turn, std::get<Listed>(done.answer));
    case ClaimStep::read_winner: return claim_on_winner(turn, std::get<EntryRead>(done.answer));
  }
}

void UnitJournal::claim_on_tip_listed(Turn& turn, const Listed& page) {
  const auto next = claiming_->listing.on_page(unit_, page);
  if (next) return give(turn, Part::claim, ClaimStep::list_tip, *next);
  const Slot tip = claiming_->listing.tip();
  if (tip != 0) {
    return give(turn, Part::claim, ClaimStep::read_tip, GetEntry{0, unit_, tip}, tip);
  }
  if (claiming_->after != 0) return claim_list(turn, 0);
  claim_at(turn, 1, 1);
}

// Rule 3: the epoch of the tip is the journal's, for every entry carries one. Rule 7: what this
// node wrote under an older nonce is of an owner that is down. "Specs": above withdrawn(v) only a
// spec newer than v may claim.
void UnitJournal::claim_on_tip(Turn& turn, const EntryRead& read) {
  const Slot tip = claiming_->listing.tip();
  if (read.outcome.outcome == ObjectOutcome::absent) return claim_restart(turn);
  if (!read.entry || read.is_corrupt) {
    turn.alarm(unit_, fmt::format("cannot claim: the entry in slot {} cannot be read", tip));
    return claim_end(turn, ClaimOutcome::failed, 0, {});
  }
  const JournalEntry& entry = *read.entry;
  tip_hint_ = tip;
  const std::optional<Slot> expected = claiming_->tip_expected;
  const bool has_moved = expected && tip > *expected;
  if (has_moved && entry.writer != turn.self && entry.type != EntryType::withdrawn) {
    const bool is_epoch_known = *expected == observed_tip_;
    const bool is_replaced =
        entry.type == EntryType::claim || (is_epoch_known && entry.epoch > observed_epoch_);
    return claim_end(turn, is_replaced ? ClaimOutcome::lost : ClaimOutcome::busy, entry.epoch,
                     entry.writer);
  }
  if (entry.type == EntryType::withdrawn && policy_.spec_version <= entry.spec_version) {
    return claim_end(turn, ClaimOutcome::withdrawn, entry.epoch, {});
  }
  if (tip >= kCounterMax || entry.epoch >= kCounterMax) {
    turn.alarm(unit_, fmt::format("cannot claim: slot {} holds epoch {}, and the next is beyond {}",
                                  tip, entry.epoch, kCounterMax));
    return claim_end(turn, ClaimOutcome::failed, 0, {});
  }
  claim_at(turn, tip + 1, entry.epoch + 1);
}

void UnitJournal::claim_at(Turn& turn, Slot slot, Epoch epoch) {
  JournalEntry entry;
  entry.type = EntryType::claim;
  entry.epoch = epoch;
  entry.writer = turn.self;
  entry.nonce = draw_nonce(turn.random);
  entry.spec_version = policy_.spec_version;
  nonce_ = entry.nonce;
  claiming_->slot = slot;
  claiming_->entry = std::make_shared<const JournalEntry>(std::move(entry));
  give(turn, Part::claim, ClaimStep::inspect, InspectStore{0, unit_});
}

// "Restart": the store records the nonce of every claim made with it, durably before the put.
void UnitJournal::claim_on_inspected(Turn& turn, const StoreInspected& inspected) {
  claiming_->store = inspected.state;
  claiming_->is_recorded = false;
  if (inspected.outcome.outcome != ObjectOutcome::ok) {
    turn.alarm(unit_, fmt::format("the local store cannot be read, so it will be set aside: {}",
                                  inspected.outcome.detail));
    claiming_->store.exists = true;  // Something lies there.
    return claim_put(turn);
  }
  if (!claiming_->store.exists) return claim_put(turn);
  give(turn, Part::claim, ClaimStep::record, RecordClaim{0, unit_, claiming_->entry->nonce});
}

void UnitJournal::claim_on_recorded(Turn& turn, const Outcome& outcome) {
  claiming_->is_recorded = outcome.outcome == ObjectOutcome::ok;
  if (!claiming_->is_recorded) {
    turn.alarm(unit_, fmt::format("the local store records nothing, so it will be set aside: {}",
                                  outcome.detail));
  }
  claim_put(turn);
}

// Rule 3: creates the next slot with epoch + 1. Rule 2 (in Orders): the same bytes until 200 or
// 412.
void UnitJournal::claim_put(Turn& turn) {
  give(turn, Part::claim, ClaimStep::put, CreateEntry{0, unit_, claiming_->slot, claiming_->entry});
}

// Rule 2: on 412 my own entry means written; anything else, absence too, is a loss for a claim.
void UnitJournal::claim_on_slot(Turn& turn, const EntryRead& read) {
  if (!read.entry || read.is_corrupt) return claim_end(turn, ClaimOutcome::lost, 0, {});
  const JournalEntry& entry = *read.entry;
  if (entry == *claiming_->entry) {
    return give(turn, Part::claim, ClaimStep::read_spec, ReadSpec{0, unit_.service});
  }
  turn.trace("journal: claim met another entry");
  // Rule 7: a late put of our own, from before a restart, is not a rival.
  if (entry.writer == turn.self || entry.type == EntryType::withdrawn) return claim_restart(turn);
  const bool is_replaced = entry.type == EntryType::claim || entry.epoch >= claiming_->entry->epoch;
  claim_end(turn, is_replaced ? ClaimOutcome::lost : ClaimOutcome::busy, entry.epoch, entry.writer);
}

// Rule 3: then lists above it; only if nothing lies there has it won. Nothing happens before.
void UnitJournal::claim_on_above(Turn& turn, const Listed& page) {
  const auto next = claiming_->listing.on_page(unit_, page);
  if (next) return give(turn, Part::claim, ClaimStep::list_above, *next);
  const Slot tip = claiming_->listing.tip();
  if (!claim_stands(claiming_->slot, claiming_->listing.slots())) {
    turn.trace("journal: claim is void");
    return give(turn, Part::claim, ClaimStep::read_winner, GetEntry{0, unit_, tip}, tip);
  }
  if (!runs_nowhere(unit_, claiming_->spec)) return claim_won(turn);
  // "Specs": if the newest version is an undeploy it does not start, and appends `withdrawn`
  // itself.
  Withdrawing withdrawing;
  withdrawing.spec_version = claiming_->spec.version;
  withdrawing.ends_claim = true;
  withdrawing.claimed_epoch = claiming_->entry->epoch;
  tip_hint_ = claiming_->slot;
  if (withdrawing_) {  // One is under way already; it serves both.
    withdrawing_->ends_claim = true;
    withdrawing_->claimed_epoch = withdrawing.claimed_epoch;
    return;
  }
  withdraw_begin(turn, std::move(withdrawing));
}

void UnitJournal::claim_on_winner(Turn& turn, const EntryRead& read) {
  if (!read.entry || read.is_corrupt) return claim_end(turn, ClaimOutcome::lost, 0, {});
  tip_hint_ = claiming_->listing.tip();
  const bool is_withdrawn = read.entry->type == EntryType::withdrawn;
  claim_end(turn, is_withdrawn ? ClaimOutcome::withdrawn : ClaimOutcome::lost, read.entry->epoch,
            is_withdrawn ? NodeId{} : read.entry->writer);
}

void UnitJournal::claim_won(Turn& turn) {
  const Claiming won = *claiming_;
  orders_.cancel(Part::claim);
  claiming_.reset();
  phase_ = Phase::thawing;
  claim_slot_ = won.slot;
  epoch_ = won.entry->epoch;
  tip_hint_ = won.slot;
  log_ = Appending{};
  log_.confirmed = won.slot;
  turn.emit(ClaimEnded{unit_, ClaimOutcome::won, epoch_, turn.self, won.slot});
  thaw_begin(turn, won.store, won.is_recorded);
}

Nonce UnitJournal::draw_nonce(Random& random) {
  Nonce nonce;
  for (std::size_t half = 0; half < 2; ++half) {
    const std::uint64_t word = random.next();
    for (std::size_t i = 0; i < 8; ++i) {
      nonce.bytes[half * 8 + i] = static_cast<std::uint8_t>(word >> (8 * i));
    }
  }
  return nonce;
}

void UnitJournal::claim_restart(Turn& turn) {
  if (++claiming_->restarts > kRestartsMax) return claim_end(turn, ClaimOutcome::failed, 0, {});
  claim_list(turn, 0);
}

// Our claim lies there, and stands as one of an owner that is down.
void UnitJournal::claim_without_spec(Turn& turn) {
  turn.alarm(unit_, fmt::format("cannot be claimed: {}", claiming_->spec.outcome.detail));
  delay_claims(turn);
  claim_end(turn, ClaimOutcome::failed, 0, {});
}

// Claims are never deleted, so each try after one that was of no use comes later than the last.
void UnitJournal::delay_claims(Turn& turn) {
  Duration wait = kClaimAgainMin;
  for (unsigned i = 0; i < claim_failures_ && wait < kClaimAgainMax; ++i) wait *= 2;
  ++claim_failures_;
  claim_again_at_ = turn.now + std::min(wait, kClaimAgainMax);
}

void UnitJournal::claim_end(Turn& turn, ClaimOutcome outcome, Epoch epoch, const NodeId& owner) {
  orders_.cancel(Part::claim);
  claiming_.reset();
  phase_ = Phase::idle;
  turn.emit(ClaimEnded{unit_, outcome, epoch, owner});
}

bool UnitJournal::runs_nowhere(const UnitId& unit, const SpecRead& spec) {
  return spec.version != 0 && (spec.is_undeploy || unit.ordinal >= spec.instances);
}

}  // namespace gossamer::journal
