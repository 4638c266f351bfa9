// Hands every input to its part, and lets go of the unit when it is over.

#include "journal/unit_journal.hpp"

#include <algorithm>

namespace gossamer::journal {

void UnitJournal::on_done(Turn& turn, Op op, Answer answer) {
  const auto done = orders_.on_done(turn, unit_, op, std::move(answer));
  if (done) {
    switch (done->ticket.part) {
      case Part::observe: on_observe_answer(turn, *done); break;
      case Part::slot: on_slot_answer(turn, *done); break;
      case Part::claim: on_claim_answer(turn, *done); break;
      case Part::thaw: on_thaw_answer(turn, *done); break;
      case Part::append: on_append_answer(turn, *done); break;
      case Part::look: on_look_answer(turn, *done); break;
      case Part::freeze: on_freeze_answer(turn, *done); break;
      case Part::prune: on_prune_answer(turn, *done); break;
      case Part::withdraw: on_withdraw_answer(turn, *done); break;
    }
  }
  proceed(turn);
}

void UnitJournal::on_deadline(Turn& turn) {
  orders_.give_again(turn, unit_);
  const auto due = look_due(turn.options);
  if (due && *due <= turn.now) look(turn);
  proceed(turn);
}

/// What became possible: to be called after every input.
void UnitJournal::proceed(Turn& turn) {
  const bool can_build = thawing_ && thawing_->waits_to_build && orders_.fetches_in_flight() == 0;
  if (can_build) rebuild_begin(turn);
  freeze_if_due(turn);
  append_next(turn);
}

std::optional<Instant> UnitJournal::next_deadline(const Journal::Options& options) const {
  std::optional<Instant> next = orders_.next_deadline();
  const auto sooner = [&](const std::optional<Instant>& at) {
    if (at && (!next || *at < *next)) next = at;
  };
  if (phase_ == Phase::owning) {
    sooner(shipping_due(options));
    sooner(look_due(options));
    if (!freezing_) sooner(freeze_retry_at_);
  }
  return next;
}

void UnitJournal::release(Turn& turn) {
  switch (phase_) {
    case Phase::idle: return;
    case Phase::claiming:
      // The claim may land yet; rule 7 has it count as an owner that is down.
      if (withdrawing_) withdrawing_->ends_claim = false;
      return claim_end(turn, ClaimOutcome::failed, 0, {});
    case Phase::thawing: {
      const Epoch epoch = epoch_;
      stop_owning(turn, "released");
      return turn.emit(ClaimEnded{unit_, ClaimOutcome::failed, epoch, turn.self});
    }
    case Phase::owning:
      if (!ending_) ending_ = Ending{};
      if (freezing_ && !freezing_->is_uploaded) freeze_fail(turn, "released");
      return proceed(turn);
  }
}

bool UnitJournal::is_idle() const {
  return phase_ == Phase::idle && !observing_ && !claiming_ && !withdrawing_ && orders_.is_empty();
}

std::optional<Epoch> UnitJournal::owned_epoch() const {
  const bool is_owned = phase_ == Phase::thawing || phase_ == Phase::owning;
  return is_owned ? std::optional{epoch_} : std::nullopt;
}

// Rule 2: fenced means stop, at once. What was sent and not confirmed is unknown.
void UnitJournal::fence(Turn& turn, const std::string& detail, const JournalEntry* met) {
  const bool is_replaced =
      met != nullptr && met->type == EntryType::claim && met->writer != turn.self;
  turn.emit(Fenced{unit_, epoch_, log_.sent_through, detail, is_replaced});
  const std::optional<Ending> ending = ending_;
  stop_owning(turn, "fenced: " + detail);
  if (!ending || !ending->is_withdrawal || withdrawing_) return;
  Withdrawing withdrawing;  // Not ours any more to ship, yet ours to withdraw.
  withdrawing.spec_version = ending->spec_version;
  withdrawing.is_asked = true;
  withdraw_begin(turn, std::move(withdrawing));
}

void UnitJournal::stop_owning(Turn& turn, const std::string& why) {
  const auto tell = [&] { turn.emit(Notify{FreezeEnded{unit_, epoch_, 0, why}}); };
  if (freezing_) {
    turn.emit(DropCheckpoint{unit_, freezing_->attempt});
    tell();
    if (freeze_again_) tell();
  }
  for (const Part part : {Part::thaw, Part::append, Part::look, Part::freeze, Part::prune}) {
    orders_.cancel(part);
  }
  if (is_store_open_) turn.emit(CloseStore{unit_});
  is_store_open_ = false;
  phase_ = Phase::idle;
  thawing_.reset();
  freezing_.reset();
  pruning_.reset();
  ending_.reset();
  log_ = Appending{};
  freeze_again_ = prune_again_ = false;
  freeze_retry_at_.reset();
  freezes_.clear();
  existing_.clear();
  may_go_.clear();
  must_stay_.clear();
}

}  // namespace gossamer::journal
