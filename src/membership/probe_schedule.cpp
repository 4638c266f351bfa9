#include "membership/probe_schedule.hpp"

#include <algorithm>

#include "base/deadlines.hpp"

namespace gossamer::membership {

ProbeSchedule::ProbeSchedule(Duration period, const NodeId& self, bool has_ring, std::uint64_t seed)
    : period_(period), has_ring_(has_ring), random_(seed), ring_(self), order_(random_.next()) {
  phase_ = Duration{random_.between(0, period_.count() - 1)};
}

void ProbeSchedule::start(Instant now, const PeriodClock& clock) {
  last_period_ = clock.period_at(now);
  next_.reset();
}

void ProbeSchedule::stop() {
  last_period_.reset();
  urgent_.clear();
}

void ProbeSchedule::add(const NodeId& id) {
  ring_.add(id);
  next_.reset();
  if (!has_ring_) order_.add(id);
}

void ProbeSchedule::remove(const NodeId& id) {
  ring_.remove(id);
  next_.reset();
  if (!has_ring_) order_.remove(id);
}

void ProbeSchedule::urge(Instant now, const NodeId& id) {
  if (!last_period_ || std::find(urgent_.begin(), urgent_.end(), id) != urgent_.end()) return;
  urgent_.push_back(id);
  urged_at_ = now;
}

void ProbeSchedule::slow_down(std::int64_t factor) {
  if (factor == factor_) return;
  factor_ = factor;
  next_.reset();
}

const ProbeSchedule::Choice& ProbeSchedule::next() const {
  if (next_) return *next_;
  std::int64_t period = *last_period_ + 1;
  if (period % factor_ != 0) period += factor_ - period % factor_;
  next_ = Choice{period, std::nullopt, phase_};
  if (has_ring_) {
    next_->target = ring_.target_in(period);
    if (next_->target) next_->phase = ProbeRing::phase_of(*next_->target, period_);
  }
  return *next_;
}

std::optional<NodeId> ProbeSchedule::take_due(Instant now, const PeriodClock& clock) {
  while (!urgent_.empty()) {
    const NodeId target = urgent_.front();
    urgent_.pop_front();
    if (ring_.contains(target)) return target;
  }
  if (!last_period_ || ring_.size() < 2) return std::nullopt;
  const auto due_at = [&] { return clock.begin_of(next().period) + next().phase; };
  if (now - due_at() >= period_) {
    // Whoever was alone, or late, does not catch up.
    last_period_ = clock.period_at(now) - 1;
    next_.reset();
  }
  if (due_at() > now) return std::nullopt;
  const Choice choice = next();
  last_period_ = choice.period;
  next_.reset();
  return has_ring_ ? choice.target : order_.next();
}

void ProbeSchedule::on_stall(Instant now, const PeriodClock& clock) {
  if (!last_period_) return;
  last_period_ = std::max(*last_period_, clock.period_at(now));
  next_.reset();
}

std::optional<Instant> ProbeSchedule::next_deadline(const PeriodClock& clock) const {
  if (!last_period_) return std::nullopt;
  std::optional<Instant> deadline;
  if (ring_.size() > 1) deadline = clock.begin_of(next().period) + next().phase;
  if (!urgent_.empty()) earlier(deadline, urged_at_);
  return deadline;
}

}  // namespace gossamer::membership
