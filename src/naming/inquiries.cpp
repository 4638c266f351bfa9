#include "naming/inquiries.hpp"

#include <algorithm>

namespace gossamer::naming {
namespace {

/// Questions are answered; should an answer be lost after all, it is not waited for any longer.
constexpr Duration kAnswerTime = std::chrono::minutes{1};
/// When the allowance is used up.
constexpr Duration kPause = std::chrono::seconds{1};

}  // namespace

Inquiries::Inquiry& Inquiries::inquiry(const Teller& teller) {
  const auto [at, is_new] = inquiries_.try_emplace(teller);
  if (is_new) push(teller);
  return at->second;
}

void Inquiries::push(const Teller& teller) {
  unqueue(teller);
  (inquiries_.at(teller).is_doubt ? doubts_ : later_).push(teller);
}

void Inquiries::unqueue(const Teller& teller) {
  doubts_.erase(teller);
  later_.erase(teller);
}

Teller Inquiries::pop() {
  const bool is_later = !later_.is_empty() && ++popped_ % kLaterEvery == 0;
  return is_later || doubts_.is_empty() ? later_.pop() : doubts_.pop();
}

void Inquiries::ready(const Teller& teller) {
  waits_.cancel(teller);
  push(teller);
}

void Inquiries::wait(Instant now, const Teller& teller, Inquiry& inquiry) {
  unqueue(teller);
  waits_.set(teller, now + inquiry.wait);
}

void Inquiries::erase_if_over(const Teller& teller) {
  const auto at = inquiries_.find(teller);
  // One under way counts until its answer comes, or there would be no bound on what is.
  if (at == inquiries_.end() || !at->second.is_over() || at->second.asked) return;
  inquiries_.erase(at);
  unqueue(teller);
  waits_.cancel(teller);
}

void Inquiries::count_doubts(const UnitId& unit) {
  Epoch highest = 0;
  for (const Teller& teller : about(unit)) {
    const Inquiry& inquiry = inquiries_.at(teller);
    if (inquiry.is_doubt) highest = std::max(highest, inquiry.claim->epoch);
  }
  if (highest == 0) {
    doubted_.erase(unit);
  } else {
    doubted_[unit] = highest;
  }
}

std::size_t Inquiries::doubts_of(const NodeId& author) const {
  const auto at = doubts_of_.find(author);
  return at == doubts_of_.end() ? 0 : at->second;
}

bool Inquiries::has_room_for(const ClaimHeard& claim, bool is_author_live) const {
  const std::vector<Teller> tellers = about(claim.unit);
  const auto of_unit = std::count_if(tellers.begin(), tellers.end(), [&](const Teller& other) {
    return inquiries_.at(other).claim.has_value();
  });
  const std::size_t of_author = is_author_live ? doubts_of(claim.author) : strangers_.size();
  return claims_ < kClaimsMax && static_cast<std::size_t>(of_unit) < kClaimsPerUnitMax &&
         of_author < kClaimsPerAuthorMax;
}

bool Inquiries::add_claim(const ClaimHeard& claim, bool is_author_live) {
  const Teller teller = teller_of(claim);
  const auto held = inquiries_.find(teller);
  const bool is_next = held != inquiries_.end() && held->second.claim.has_value();
  if (!is_next && !has_room_for(claim, is_author_live)) return false;
  Inquiry& inquiry = this->inquiry(teller);
  if (is_next && inquiry.claim->epoch >= claim.epoch) return true;
  inquiry.claim = claim;
  inquiry.is_slot_unreadable = false;
  if (is_next) {
    count_doubts(claim.unit);
    return true;
  }
  ++claims_;
  strangers_.insert(teller);
  if (is_author_live) open_doubt(teller);
  // What waits only for its record to be asked about again need not.
  if (!inquiry.asked) ready(teller);
  return true;
}

bool Inquiries::open_doubt(const Teller& teller) {
  if (doubts_of(teller.author) >= kClaimsPerAuthorMax) return false;
  strangers_.erase(teller);
  ++doubts_of_[teller.author];
  inquiries_.at(teller).is_doubt = true;
  count_doubts(teller.unit);
  if (later_.erase(teller)) doubts_.push(teller);
  return true;
}

void Inquiries::close_doubt(const Teller& teller) {
  const auto of_author = doubts_of_.find(teller.author);
  if (--of_author->second == 0) doubts_of_.erase(of_author);
  inquiries_.at(teller).is_doubt = false;
  if (doubts_.erase(teller)) later_.push(teller);
  count_doubts(teller.unit);
}

void Inquiries::end_claim(const Teller& teller) {
  const auto at = inquiries_.find(teller);
  if (at == inquiries_.end() || !at->second.claim) return;
  if (at->second.is_doubt) close_doubt(teller);
  strangers_.erase(teller);
  at->second.claim.reset();
  at->second.is_slot_unreadable = false;
  --claims_;
  erase_if_over(teller);
}

void Inquiries::read_tip(const Teller& teller) {
  const auto at = inquiries_.find(teller);
  if (at != inquiries_.end()) at->second.is_slot_unreadable = true;
}

void Inquiries::want_record(Instant now, const Teller& teller, Epoch epoch, bool is_liar) {
  const auto held = inquiries_.find(teller);
  if (held == inquiries_.end() && epoch == 0) return;
  const bool is_new = held == inquiries_.end();
  inquiry(teller).record = epoch;
  if (is_new && is_liar) {
    inquiries_[teller].wait = kAskAgainMax;
    wait(now, teller, inquiries_[teller]);
  }
  erase_if_over(teller);
}

const ClaimHeard* Inquiries::claim(const Teller& teller) const {
  const auto at = inquiries_.find(teller);
  return at == inquiries_.end() || !at->second.claim ? nullptr : &*at->second.claim;
}

Epoch Inquiries::doubted(const UnitId& unit) const {
  const auto at = doubted_.find(unit);
  return at == doubted_.end() ? 0 : at->second;
}

std::vector<Teller> Inquiries::about(const UnitId& unit) const {
  std::vector<Teller> tellers;
  for (auto at = inquiries_.lower_bound(Teller{unit, {}});
       at != inquiries_.end() && at->first.unit == unit; ++at) {
    tellers.push_back(at->first);
  }
  return tellers;
}

// The claim first: its answer serves the record too.
Inquiries::Question Inquiries::question(const Teller& teller, const Inquiry& inquiry) {
  Question question{++last_question_, teller, inquiry.record, 0, false};
  if (!inquiry.claim) return question;
  question.epoch = inquiry.claim->epoch;
  question.is_of_claim = true;
  if (!inquiry.is_slot_unreadable) question.slot = inquiry.claim->slot;
  return question;
}

void Inquiries::expire(Instant now) {
  for (const Teller& teller : waits_.take_due(now)) {
    Inquiry& inquiry = inquiries_.at(teller);
    if (inquiry.asked) {
      under_way_.erase(inquiry.asked->id);
      inquiry.asked.reset();
    }
    if (inquiry.is_over()) {
      erase_if_over(teller);
    } else {
      push(teller);
    }
  }
}

std::vector<Inquiries::Question> Inquiries::take(Instant now) {
  expire(now);
  std::vector<Question> questions;
  if (paused_until_ && now < *paused_until_) return questions;
  paused_until_.reset();
  while (has_ready() && under_way_.size() < kUnderWayMax) {
    if (!allowance_.take(now)) {
      paused_until_ = now + kPause;
      break;
    }
    const Teller teller = pop();
    Inquiry& inquiry = inquiries_.at(teller);
    inquiry.asked = question(teller, inquiry);
    under_way_[inquiry.asked->id] = teller;
    waits_.set(teller, now + kAnswerTime);
    questions.push_back(*inquiry.asked);
  }
  return questions;
}

const Inquiries::Question* Inquiries::under_way(std::uint64_t id) const {
  const auto at = under_way_.find(id);
  return at == under_way_.end() ? nullptr : &*inquiries_.at(at->second).asked;
}

std::vector<Inquiries::Question> Inquiries::tip_questions(const UnitId& unit) const {
  std::vector<Question> questions;
  for (const Teller& teller : about(unit)) {
    const auto& asked = inquiries_.at(teller).asked;
    if (asked && asked->slot == 0) questions.push_back(*asked);
  }
  return questions;
}

void Inquiries::answered(Instant now, const Question& question, bool is_liar) {
  const Teller teller = question.teller;
  under_way_.erase(question.id);
  Inquiry& inquiry = inquiries_.at(teller);
  inquiry.asked.reset();
  inquiry.wait = is_liar ? kAskAgainMax : kAskAgainMin;
  waits_.cancel(teller);
  if (inquiry.is_over()) return erase_if_over(teller);
  if (is_liar) return wait(now, teller, inquiry);
  push(teller);
}

void Inquiries::unanswered(Instant now, const Question& question) {
  const Teller teller = question.teller;
  under_way_.erase(question.id);
  Inquiry& inquiry = inquiries_.at(teller);
  inquiry.asked.reset();
  waits_.cancel(teller);
  if (inquiry.is_over()) return erase_if_over(teller);
  wait(now, teller, inquiry);
  inquiry.wait = std::min(2 * inquiry.wait, kAskAgainMax);
}

std::optional<Instant> Inquiries::next_deadline() const {
  std::optional<Instant> next = waits_.next();
  if (has_ready()) earlier(next, paused_until_);
  return next;
}

}  // namespace gossamer::naming
