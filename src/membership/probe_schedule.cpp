#include "membership/probe_schedule.hpp"

#include <algorithm>

#include "base/deadlines.hpp"

namespace gossamer::membership {
namespace {

constexpr std::int64_t kPeriodsPerRound = 2;

std::int64_t round_of(std::int64_t period) {
  return period >= 0 ? period / kPeriodsPerRound : -1 - (-1 - period) / kPeriodsPerRound;
}

}  // namespace

ProbeSchedule::ProbeSchedule(Duration period, const NodeId& self, Style style, std::uint64_t seed)
    : period_(period),
      style_(style),
      random_(seed),
      ring_(self),
      order_(random_.next()),
      pairs_(self, period * kPeriodsPerRound),
      margin_(period / 4) {
  phase_ = Duration{random_.between(0, period_.count() - 1)};
}

void ProbeSchedule::start(Instant now, const PeriodClock& clock) {
  is_started_ = true;
  move_to(now, clock);
}

void ProbeSchedule::stop() {
  is_started_ = false;
  urgent_.clear();
}

void ProbeSchedule::add(const NodeId& id) {
  if (ring_.add(id)) pairs_.add(id);
  pending_.clear();
  if (style_ == Style::random) order_.add(id);
}

void ProbeSchedule::remove(const NodeId& id) {
  if (ring_.remove(id)) pairs_.remove(id);
  pending_.clear();
  if (style_ == Style::random) order_.remove(id);
}

void ProbeSchedule::urge(Instant now, const NodeId& id) {
  if (!is_started_ || std::find(urgent_.begin(), urgent_.end(), id) != urgent_.end()) return;
  urgent_.push_back(id);
  urged_at_ = now;
}

void ProbeSchedule::slow_down(Instant now, std::int64_t factor, const PeriodClock& clock) {
  if (factor == factor_) return;
  factor_ = factor;
  // The round reached may be one that comes, for those before it were not to be used.
  if (is_started_) move_to(now, clock);
}

std::int64_t ProbeSchedule::round_at(Instant at, const PeriodClock& clock) {
  return round_of(clock.period_at(at));
}

void ProbeSchedule::move_to(Instant at, const PeriodClock& clock) {
  round_ = round_at(at, clock);
  reached_ = at - clock.begin_of(round_ * kPeriodsPerRound);
  pending_.clear();
}

std::vector<ProbeSchedule::Duty> ProbeSchedule::duties_in(std::int64_t round) const {
  std::vector<Duty> duties;
  if (round % factor_ != 0) return duties;
  if (style_ == Style::pairs && ring_.size() >= ProbePairs::kMembersMin) {
    const ProbePairs::Duties pairs = pairs_.in_round(round, ring_);
    for (const ProbePairs::Meeting& asks : pairs.asks) duties.push_back({asks.at, asks.with});
    if (pairs.asked_by && heard_in_ != round) {
      duties.push_back({pairs.asked_by->at + margin_, pairs.asked_by->with, true});
    }
  } else {
    for (std::int64_t i = 0; i < kPeriodsPerRound; ++i) {
      Duty duty{phase_, std::nullopt};
      if (style_ != Style::random) {
        duty.member = ring_.target_in(round * kPeriodsPerRound + i);
        duty.phase = ProbeRing::phase_of(*duty.member, period_);
      }
      duty.phase += i * period_;
      duties.push_back(duty);
    }
  }
  std::sort(duties.begin(), duties.end(),
            [](const Duty& a, const Duty& b) { return a.phase < b.phase; });
  return duties;
}

const std::vector<ProbeSchedule::Duty>& ProbeSchedule::pending() const {
  while (pending_.empty()) {
    pending_ = duties_in(round_);
    std::erase_if(pending_, [&](const Duty& duty) { return reached_ && duty.phase <= *reached_; });
    if (!pending_.empty()) break;
    ++round_;
    reached_.reset();
  }
  return pending_;
}

Instant ProbeSchedule::due_at(const Duty& duty, const PeriodClock& clock) const {
  return clock.begin_of(round_ * kPeriodsPerRound) + duty.phase;
}

// Not long before: it may have died since.
void ProbeSchedule::note_heard(Instant now, const NodeId& from, const PeriodClock& clock) {
  if (!is_started_ || style_ != Style::pairs || ring_.size() < ProbePairs::kMembersMin) return;
  const auto& duties = pending();
  const auto at = std::find_if(duties.begin(), duties.end(), [&](const Duty& duty) {
    return duty.is_awaited && duty.member == from;
  });
  if (at == duties.end() || now < due_at(*at, clock) - margin_ - period_ / 4) return;
  heard_in_ = round_;
  pending_.erase(pending_.begin() + (at - duties.begin()));
}

void ProbeSchedule::on_clock_moved(Instant now, const PeriodClock& clock) {
  if (is_started_ && round_ > round_at(now, clock) + 1) move_to(now, clock);
}

std::optional<NodeId> ProbeSchedule::take_due(Instant now, const PeriodClock& clock) {
  while (!urgent_.empty()) {
    const NodeId target = urgent_.front();
    urgent_.pop_front();
    if (ring_.contains(target)) return target;
  }
  if (!is_started_ || ring_.size() < 2) return std::nullopt;
  // Whoever was alone, or late, does not catch up.
  pending();
  if (now - due_at(pending_.front(), clock) >= period_) move_to(now - period_, clock);
  pending();
  if (due_at(pending_.front(), clock) > now) return std::nullopt;
  const Duty duty = pending_.front();
  pending_.erase(pending_.begin());
  reached_ = duty.phase;
  return style_ == Style::random ? order_.next() : duty.member;
}

void ProbeSchedule::on_stall(Instant now, const PeriodClock& clock) {
  if (!is_started_ || ring_.size() < 2) return;
  pending();
  if (due_at(pending_.front(), clock) <= now) move_to(now, clock);
}

std::optional<Instant> ProbeSchedule::next_deadline(const PeriodClock& clock) const {
  if (!is_started_) return std::nullopt;
  std::optional<Instant> deadline;
  if (ring_.size() > 1) {
    pending();
    deadline = due_at(pending_.front(), clock);
  }
  if (!urgent_.empty()) earlier(deadline, urged_at_);
  return deadline;
}

}  // namespace gossamer::membership
