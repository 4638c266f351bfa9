// What a journal's tip says, for somebody who may want to claim, and what one slot holds, for
// somebody who was told. Decides nothing.

#include <fmt/format.h>

#include "journal/unit_journal.hpp"

namespace gossamer::journal {
namespace {

// Each restart means that the tip was pruned between two requests: a writer that lives.
constexpr unsigned kRestartsMax = 3;
// An observer is told that it is not known, and comes again by itself.
constexpr unsigned kTriesMax = 1;

}  // namespace

void UnitJournal::observe(Turn& turn) {
  if (observing_) {  // It may be answered by what was there before this call.
    observing_->is_asked_again = true;
    return;
  }
  observing_.emplace();
  // The highest slot is never deleted, so there is no need to list what lies below one known tip.
  observe_list(turn, tip_hint_ > 1 ? tip_hint_ - 1 : 0);
}

void UnitJournal::observe_list(Turn& turn, Slot after) {
  observing_->after = after;
  give(turn, Part::observe, ObserveStep::list, observing_->listing.begin(unit_, after), 0,
       kTriesMax);
}

// Rule 5: a reader that meets an absent slot starts over from the list.
void UnitJournal::on_observe_answer(Turn& turn, const Orders::Concluded& done) {
  Observing& observing = *observing_;
  const ObjectOutcome outcome = outcome_of(done.answer).outcome;
  if (outcome != ObjectOutcome::ok && outcome != ObjectOutcome::absent) {
    return observe_end(turn, Observed{unit_});
  }
  if (static_cast<ObserveStep>(done.ticket.step) == ObserveStep::list) {
    const auto next = observing.listing.on_page(unit_, std::get<Listed>(done.answer));
    if (next) return give(turn, Part::observe, ObserveStep::list, *next, 0, kTriesMax);
    const Slot tip = observing.listing.tip();
    if (tip != 0)
      return give(turn, Part::observe, ObserveStep::read, GetEntry{0, unit_, tip}, tip, kTriesMax);
    if (observing.after != 0) return observe_list(turn, 0);
    return observe_end(turn, Observed{unit_, true});
  }
  const EntryRead& read = std::get<EntryRead>(done.answer);
  if (outcome == ObjectOutcome::absent && observing.restarts++ < kRestartsMax) {
    return observe_list(turn, 0);
  }
  if (!read.entry || read.is_corrupt) {
    observe_trouble(turn, done.ticket.index, read);
    return observe_end(turn, Observed{unit_});
  }
  const JournalEntry& entry = *read.entry;
  tip_hint_ = done.ticket.index;
  observe_end(turn, Observed{unit_, true, done.ticket.index, entry.epoch, entry.writer,
                             entry.type == EntryType::withdrawn, entry.spec_version});
}

// Nobody claims what nobody can read, so nobody else would say it. It is looked at again and again,
// and told once for as long as the same slot is the tip.
void UnitJournal::observe_trouble(Turn& turn, Slot tip, const EntryRead& read) {
  if (!read.is_corrupt || unreadable_told_ == tip) return;
  unreadable_told_ = tip;
  turn.alarm(unit_,
             fmt::format("nobody can own it: {}, the newest of its journal, cannot be read: {}",
                         slot_key(unit_, tip), read.outcome.detail));
}

void UnitJournal::observe_end(Turn& turn, Observed observed) {
  if (observed.is_reliable) {
    unreadable_told_ = 0;
    observed_tip_ = observed.tip;
    observed_epoch_ = observed.epoch;
  }
  const bool follows = observing_->is_asked_again;
  observed.is_fresh = !follows;
  observing_.reset();
  turn.emit(std::move(observed));
  if (follows) observe(turn);
}

void UnitJournal::read_slot(Turn& turn, Slot slot, std::uint64_t ticket) {
  give(turn, Part::slot, SlotStep::read, GetEntry{0, unit_, slot, true}, ticket, kTriesMax);
}

void UnitJournal::on_slot_answer(Turn& turn, const Orders::Concluded& done) {
  const EntryRead& read = std::get<EntryRead>(done.answer);
  SlotRead seen{unit_, std::get<GetEntry>(done.order).slot, done.ticket.index,
                read.outcome.outcome};
  if (!read.is_corrupt) seen.entry = read.entry;
  seen.is_long = read.is_long;
  turn.emit(std::move(seen));
}

}  // namespace gossamer::journal
