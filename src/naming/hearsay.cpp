// What others say of epochs, and what the journal answers. One that claims in the journal first,
// and tells then; so whoever reads after it was told, and does not find it, was lied to.

#include <algorithm>

#include "naming/state.hpp"

namespace gossamer::naming {

template <class Change>
void Naming::State::with_answer(Turn& turn, const UnitId& unit, Change change) {
  const auto has_answer = [&] {
    return !counted(sight, epochs, registry.of_unit(unit.service, unit.ordinal)).empty();
  };
  const bool had_answer = has_answer();
  change();
  if (had_answer || has_answer()) turn.touched.insert(unit.service);
}

void Naming::State::confirm(Turn& turn, const UnitId& unit, Epoch epoch, const NodeId& claimant) {
  if (!book.has_room(unit)) {
    turn.outbox.push_back(gossip::Trace{"naming: the epochs of records_max units are remembered"});
    return;
  }
  if (epoch < book.confirmed(unit)) return;
  if (!claimant.is_zero()) liars.forgive({unit, claimant});
  with_answer(turn, unit, [&] { book.confirm(unit, epoch, claimant); });
  // What an earlier run answered may be a lie, or of another store: only the journal's end can
  // tell.
  if (book.floor(unit) > book.confirmed(unit)) turn.outbox.push_back(ConfirmEpoch{unit});
  settle_claims(turn, unit);
  turn.reviewed.insert(unit);
}

// Claims that what is confirmed decides, without a question of their own.
void Naming::State::settle_claims(Turn& turn, const UnitId& unit) {
  const Epoch confirmed = book.confirmed(unit);
  const NodeId claimant = book.claimant(unit);
  for (const Teller& teller : inquiries.about(unit)) {
    if (inquiries.claim(teller) == nullptr) continue;
    const ClaimHeard claim = *inquiries.claim(teller);
    if (claim.epoch > confirmed || (claim.epoch == confirmed && claimant.is_zero())) continue;
    if (claim.epoch == confirmed && claim.author != claimant) {
      refute(turn, claim, /*is_claim=*/true);
    } else if (claim.epoch == confirmed) {
      turn.outbox.push_back(ClaimConfirmed{claim});
    }
    end_claim(turn, teller);
  }
}

void Naming::State::end_claim(Turn& turn, const Teller& teller) {
  with_answer(turn, teller.unit, [&] { inquiries.end_claim(teller); });
  turn.reviewed.insert(teller.unit);
}

void Naming::State::refute(Turn& turn, const ClaimHeard& claim, bool is_claim) {
  turn.outbox.push_back(gossip::Trace{is_claim ? "naming: a made-up claim was refuted"
                                               : "naming: a made-up epoch was refuted"});
  const bool is_news = liars.add(teller_of(claim));
  if (is_claim || is_news) turn.outbox.push_back(Refuted{claim, is_claim});
}

bool Naming::State::hear_claim(Turn& turn, const ClaimHeard& claim) {
  if (claim.epoch == 0 || claim.author.is_zero()) return false;
  const Epoch confirmed = book.confirmed(claim.unit);
  // Of the past, or there is no room for what would come of it: it changes nothing.
  if (claim.epoch < confirmed || !book.has_room(claim.unit)) return true;
  const NodeId claimant = book.claimant(claim.unit);
  if (claim.epoch == confirmed && claim.author == claimant) {
    turn.outbox.push_back(ClaimConfirmed{claim});
    return true;
  }
  if (liars.knows(teller_of(claim))) return false;
  if (claim.epoch == confirmed && !claimant.is_zero()) {
    refute(turn, claim, /*is_claim=*/true);
    return false;
  }
  bool is_held = false;
  const bool is_author_live = sight.members.is_live(claim.author);
  with_answer(turn, claim.unit, [&] { is_held = inquiries.add_claim(claim, is_author_live); });
  if (!is_held) turn.outbox.push_back(gossip::Trace{"naming: too many claims are in doubt"});
  turn.may_ask = true;
  return is_held;
}

void Naming::State::open_doubts(Turn& turn) {
  const std::set<Teller> strangers = inquiries.strangers();
  for (const Teller& teller : strangers) {
    if (!sight.members.is_live(teller.author)) continue;
    with_answer(turn, teller.unit, [&] { inquiries.open_doubt(teller); });
  }
}

void Naming::State::read_claim(Turn& turn, const Inquiries::Question& question,
                               Naming::SlotContent content, Epoch epoch, const NodeId& writer) {
  turn.may_ask = true;
  const Teller& teller = question.teller;
  const ClaimHeard asked{teller.unit, question.epoch, teller.author, question.slot};
  if (content == SlotContent::unknown) return inquiries.unanswered(turn.now, question);
  if (content == SlotContent::unreadable) {
    inquiries.read_tip(teller);
    return inquiries.answered(turn.now, question, /*is_liar=*/false);
  }
  const bool is_true =
      content == SlotContent::claim && epoch == question.epoch && writer == teller.author;
  if (is_true) {
    confirm(turn, teller.unit, epoch, writer);
    // There was no room for its epoch, or a higher one is known already.
    const ClaimHeard* const open = inquiries.claim(teller);
    if (open != nullptr && open->epoch <= epoch) end_claim(turn, teller);
  } else {
    // What it has announced since is not asked about either.
    const ClaimHeard* const open = inquiries.claim(teller);
    refute(turn, open != nullptr ? *open : asked, /*is_claim=*/true);
    end_claim(turn, teller);
  }
  inquiries.answered(turn.now, question, !is_true);
}

void Naming::State::read_journal(Turn& turn, const UnitId& unit, const Naming::JournalRead& read) {
  if (read.is_reliable && read.epoch > 0) confirm(turn, unit, read.epoch, read.claimant);
  if (!read.is_fresh) return;  // It began before the newest question.
  if (read.is_reliable && book.floor(unit) > book.confirmed(unit)) {
    with_answer(turn, unit, [&] { book.settle(unit); });
    turn.reviewed.insert(unit);
  }
  for (const Inquiries::Question& question : inquiries.tip_questions(unit)) {
    if (read.is_reliable) {
      judge_tip(turn, question, read);
    } else {
      inquiries.unanswered(turn.now, question);
    }
  }
  turn.may_ask = true;
}

void Naming::State::judge_tip(Turn& turn, const Inquiries::Question& question,
                              const Naming::JournalRead& read) {
  const Teller& teller = question.teller;
  const bool is_false = read.epoch < question.epoch;
  const ClaimHeard* const open = inquiries.claim(teller);
  const bool is_claimant_open =
      read.epoch == question.epoch && book.claimant(teller.unit).is_zero();
  if (!question.is_of_claim && is_claimant_open) {
    return inquiries.unanswered(turn.now, question);  // A journal that ends in `withdrawn`.
  }
  if (is_false) {
    const ClaimHeard asked{teller.unit, question.epoch, teller.author, 0};
    refute(turn, open != nullptr ? *open : asked, open != nullptr || question.is_of_claim);
    end_claim(turn, teller);
  } else if (open != nullptr && question.is_of_claim && open->epoch <= read.epoch) {
    end_claim(turn, teller);  // By whom that epoch was claimed, nobody can tell.
  }
  inquiries.answered(turn.now, question, is_false);
}

// Of which records the epoch is to be asked about, or who claimed it, and whether the owner's is
// there.
void Naming::State::review(Turn& turn, const UnitId& unit) {
  const bool has_room = book.has_room(unit);  // Else nothing that is said there can count.
  const Epoch confirmed = book.confirmed(unit);
  const NodeId claimant = book.claimant(unit);
  bool is_published = false;
  std::vector<Teller> over = inquiries.about(unit);
  const auto range = registry.of_unit(unit.service, unit.ordinal);
  for (auto at = range.first; at != range.second; ++at) {
    const Held& held = at->second;
    const Teller teller{unit, at->first.node};
    const Epoch epoch = held.statement.record.epoch;
    if (held.is_cached || held.statement.is_withdrawn || epoch == 0) continue;
    // Held back or not: it shows that its owner did start.
    const bool is_claimants = claimant.is_zero() || claimant == teller.author;
    is_published = is_published || (epoch == confirmed && is_claimants);
    const bool is_known = epoch < confirmed || (epoch == confirmed && !claimant.is_zero());
    if (!has_room || is_known || !sight.is_here(teller.author, held)) continue;
    std::erase(over, teller);
    inquiries.want_record(turn.now, teller, epoch, liars.knows(teller));
  }
  if (is_published) turn.outbox.push_back(EpochPublished{unit, confirmed});
  for (const Teller& teller : over) inquiries.want_record(turn.now, teller, 0, false);
  turn.may_ask = true;
}

void Naming::State::ask(Turn& turn) {
  for (const Inquiries::Question& question : inquiries.take(turn.now)) {
    if (question.slot == 0) {
      turn.outbox.push_back(ConfirmEpoch{question.teller.unit});
    } else {
      turn.outbox.push_back(ReadClaim{question.id, question.teller.unit, question.slot});
    }
  }
}

}  // namespace gossamer::naming
