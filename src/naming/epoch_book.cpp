#include "naming/epoch_book.hpp"

#include <algorithm>

namespace gossamer::naming {
Epoch EpochBook::confirmed(const UnitId& unit) const {
  const auto at = lines_.find(unit);
  return at == lines_.end() ? 0 : at->second.confirmed;
}

NodeId EpochBook::claimant(const UnitId& unit) const {
  const auto at = lines_.find(unit);
  return at == lines_.end() ? NodeId{} : at->second.claimant;
}

Epoch EpochBook::floor(const UnitId& unit) const {
  const auto at = lines_.find(unit);
  return at == lines_.end() ? 0 : at->second.floor;
}

EpochBook::Line* EpochBook::line(const UnitId& unit) {
  const auto at = lines_.find(unit);
  if (at != lines_.end()) return &at->second;
  if (!has_room(unit)) return nullptr;
  if (lines_.size() >= units_max_) {
    lines_.erase(let_go_.begin()->second);
    let_go_.erase(let_go_.begin());
  }
  return &lines_[unit];
}

bool EpochBook::has_room(const UnitId& unit) const {
  return lines_.size() < units_max_ || !let_go_.empty() || lines_.count(unit) == 1;
}

void EpochBook::let_go(const std::string& service) {
  for (auto at = lines_.lower_bound(UnitId{service, 0});
       at != lines_.end() && at->first.service == service; ++at) {
    if (at->second.let_go != 0) continue;
    at->second.let_go = ++last_let_go_;
    let_go_[last_let_go_] = at->first;
  }
}

void EpochBook::keep(Line& line) {
  let_go_.erase(line.let_go);
  line.let_go = 0;
}

bool EpochBook::confirm(const UnitId& unit, Epoch epoch, const NodeId& claimant) {
  if (epoch == 0) return false;
  Line* const held = line(unit);
  if (held == nullptr || epoch < held->confirmed) return false;
  if (epoch == held->confirmed) {
    if (held->claimant.is_zero()) held->claimant = claimant;
    return false;
  }
  held->confirmed = epoch;
  held->claimant = claimant;
  held->floor = std::max(held->floor, epoch);
  keep(*held);
  return true;
}

void EpochBook::raise_floor(const UnitId& unit, Epoch epoch) {
  Line* const held = line(unit);
  if (held != nullptr) held->floor = std::max(held->floor, epoch);
}

void EpochBook::settle(const UnitId& unit) {
  const auto at = lines_.find(unit);
  if (at != lines_.end()) at->second.floor = at->second.confirmed;
}

}  // namespace gossamer::naming
