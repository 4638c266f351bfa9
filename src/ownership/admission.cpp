#include "ownership/admission.hpp"

namespace gossamer::ownership {

bool Admission::enter(const UnitId& unit, Instant wanted_since) {
  if (is_inside(unit)) return true;
  if (inside_.size() < inside_max_) {
    leave(unit);
    inside_.insert(unit);
    return true;
  }
  if (waiting_.count(unit) == 0) {
    waiting_[unit] = wanted_since;
    order_.insert({wanted_since, unit});
  }
  return false;
}

void Admission::leave(const UnitId& unit) {
  inside_.erase(unit);
  const auto waiting = waiting_.find(unit);
  if (waiting == waiting_.end()) return;
  order_.erase({waiting->second, unit});
  waiting_.erase(waiting);
}

std::optional<UnitId> Admission::call_next() {
  if (order_.empty() || inside_.size() >= inside_max_) return std::nullopt;
  const UnitId unit = order_.begin()->second;
  leave(unit);
  return unit;
}

void Wakeups::set(const UnitId& unit, Instant at) {
  clear(unit);
  at_[unit] = at;
  order_.insert({at, unit});
}

void Wakeups::clear(const UnitId& unit) {
  const auto held = at_.find(unit);
  if (held == at_.end()) return;
  order_.erase({held->second, unit});
  at_.erase(held);
}

void Wakeups::clear_all() {
  at_.clear();
  order_.clear();
}

void Wakeups::shift(Duration gap) {
  order_.clear();
  for (auto& [unit, at] : at_) {
    at = at + gap;
    order_.insert({at, unit});
  }
}

std::optional<UnitId> Wakeups::take_due(Instant now) {
  if (order_.empty() || order_.begin()->first > now) return std::nullopt;
  const UnitId unit = order_.begin()->second;
  clear(unit);
  return unit;
}

std::optional<Instant> Wakeups::next() const {
  if (order_.empty()) return std::nullopt;
  return order_.begin()->first;
}

}  // namespace gossamer::ownership
