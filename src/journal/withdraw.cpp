// Stopping a unit for good: `withdrawn` at the tip, by its owner or by whoever wrote the undeploy.

#include <fmt/format.h>

#include "base/counter.hpp"
#include "journal/unit_journal.hpp"

namespace gossamer::journal {

void UnitJournal::withdraw(Turn& turn, std::uint64_t spec_version) {
  if (phase_ == Phase::owning) {
    if (ending_ && ending_->is_withdrawal) {
      ending_->spec_version = std::max(ending_->spec_version, spec_version);
    } else {
      ending_ = Ending{true, spec_version};
    }
    if (freezing_ && !freezing_->is_uploaded) freeze_fail(turn, "the unit is withdrawn");
    return proceed(turn);
  }
  if (phase_ == Phase::thawing) {
    const Epoch epoch = epoch_;
    stop_owning(turn, "the unit is withdrawn");
    turn.emit(ClaimEnded{unit_, ClaimOutcome::withdrawn, epoch});
  }
  if (phase_ == Phase::claiming) {
    if (withdrawing_) withdrawing_->ends_claim = false;
    claim_end(turn, ClaimOutcome::withdrawn, 0, {});
  }
  if (withdrawing_) {
    withdrawing_->is_asked = true;
    if (spec_version > withdrawing_->spec_version) {
      withdrawing_->next_version = std::max(withdrawing_->next_version, spec_version);
    }
    return;
  }
  Withdrawing withdrawing;
  withdrawing.spec_version = spec_version;
  withdrawing.is_asked = true;
  withdraw_begin(turn, std::move(withdrawing));
}

// "Specs": appends `withdrawn` at the tip, trying again at the new tip whenever the slot was taken,
// until it is in or a newer version exists.
void UnitJournal::withdraw_begin(Turn& turn, Withdrawing withdrawing) {
  withdrawing_ = std::move(withdrawing);
  withdraw_list(turn, tip_hint_ > 1 ? tip_hint_ - 1 : 0);
}

void UnitJournal::withdraw_list(Turn& turn, Slot after) {
  withdrawing_->after = after;
  give(turn, Part::withdraw, WithdrawStep::list_tip, withdrawing_->listing.begin(unit_, after));
}

void UnitJournal::on_withdraw_answer(Turn& turn, const Orders::Concluded& done) {
  Withdrawing& withdrawing = *withdrawing_;
  const auto look_above = [&] {
    give(turn, Part::withdraw, WithdrawStep::list_above,
         withdrawing.listing.begin(unit_, withdrawing.slot));
  };
  switch (static_cast<WithdrawStep>(done.ticket.step)) {
    case WithdrawStep::list_tip: return withdraw_on_tip_listed(turn, std::get<Listed>(done.answer));
    case WithdrawStep::read_tip: return withdraw_on_tip(turn, std::get<EntryRead>(done.answer));
    case WithdrawStep::read_spec: return withdraw_on_spec(turn, std::get<SpecRead>(done.answer));
    case WithdrawStep::put:
      if (outcome_of(done.answer).outcome == ObjectOutcome::ok) return look_above();
      return give(turn, Part::withdraw, WithdrawStep::read_slot,
                  GetEntry{0, unit_, withdrawing.slot});
    case WithdrawStep::read_slot: {
      // Rule 2: my own entry means written; anything else, that the slot was taken.
      const EntryRead& read = std::get<EntryRead>(done.answer);
      const bool is_mine = read.entry && !read.is_corrupt && *read.entry == *withdrawing.entry;
      return is_mine ? look_above() : withdraw_list(turn, 0);
    }
    case WithdrawStep::list_above: return withdraw_on_above(turn, std::get<Listed>(done.answer));
  }
}

void UnitJournal::withdraw_on_tip_listed(Turn& turn, const Listed& page) {
  Withdrawing& withdrawing = *withdrawing_;
  const auto next = withdrawing.listing.on_page(unit_, page);
  if (next) return give(turn, Part::withdraw, WithdrawStep::list_tip, *next);
  const Slot tip = withdrawing.listing.tip();
  if (tip == 0 && withdrawing.after != 0) return withdraw_list(turn, 0);
  withdrawing.slot = tip + 1;
  withdrawing.epoch = 0;
  if (tip == 0)
    return give(turn, Part::withdraw, WithdrawStep::read_spec, ReadSpec{0, unit_.service});
  give(turn, Part::withdraw, WithdrawStep::read_tip, GetEntry{0, unit_, tip}, tip);
}

void UnitJournal::withdraw_on_tip(Turn& turn, const EntryRead& read) {
  Withdrawing& withdrawing = *withdrawing_;
  if (read.outcome.outcome == ObjectOutcome::absent) return withdraw_list(turn, 0);
  if (!read.entry || read.is_corrupt) {
    turn.alarm(unit_, fmt::format("cannot be withdrawn: the entry in slot {} cannot be read",
                                  withdrawing.slot - 1));
    return withdraw_end(turn, false);
  }
  const JournalEntry& tip = *read.entry;
  tip_hint_ = withdrawing.slot - 1;
  if (tip.type == EntryType::withdrawn && tip.spec_version >= withdrawing.spec_version) {
    return withdraw_end(turn, true);  // Somebody else was quicker.
  }
  if (withdrawing.slot > kCounterMax) {
    turn.alarm(unit_, fmt::format("cannot be withdrawn: slot {} is the last", kCounterMax));
    return withdraw_end(turn, false);
  }
  withdrawing.epoch = tip.epoch;
  give(turn, Part::withdraw, WithdrawStep::read_spec, ReadSpec{0, unit_.service});
}

void UnitJournal::withdraw_on_spec(Turn& turn, const SpecRead& spec) {
  Withdrawing& withdrawing = *withdrawing_;
  if (spec.version > withdrawing.spec_version) return withdraw_end(turn, false);
  JournalEntry entry;
  entry.type = EntryType::withdrawn;
  entry.epoch = withdrawing.epoch;
  entry.writer = turn.self;
  entry.nonce = draw_nonce(turn.random);
  entry.spec_version = withdrawing.spec_version;
  withdrawing.entry = std::make_shared<const JournalEntry>(std::move(entry));
  give(turn, Part::withdraw, WithdrawStep::put,
       CreateEntry{0, unit_, withdrawing.slot, withdrawing.entry});
}

// As for a claim (rule 3): between the list and the put the slot may have been taken and pruned,
// and then nobody reads what lies in it.
void UnitJournal::withdraw_on_above(Turn& turn, const Listed& page) {
  Withdrawing& withdrawing = *withdrawing_;
  const auto next = withdrawing.listing.on_page(unit_, page);
  if (next) return give(turn, Part::withdraw, WithdrawStep::list_above, *next);
  if (claim_stands(withdrawing.slot, withdrawing.listing.slots())) return withdraw_end(turn, true);
  turn.trace("journal: withdrawn landed in a pruned slot, or was followed");
  withdraw_list(turn, 0);
}

void UnitJournal::withdraw_end(Turn& turn, bool is_in) {
  const Withdrawing done = std::move(*withdrawing_);
  orders_.cancel(Part::withdraw);
  withdrawing_.reset();
  if (done.is_asked) turn.emit(WithdrawEnded{unit_, done.spec_version, is_in});
  if (done.ends_claim) claim_end(turn, ClaimOutcome::withdrawn, done.claimed_epoch, {});
  if (done.next_version > done.spec_version) {
    Withdrawing again;
    again.spec_version = done.next_version;
    again.is_asked = true;
    withdraw_begin(turn, std::move(again));
  }
}

}  // namespace gossamer::journal
