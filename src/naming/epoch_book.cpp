#include "naming/epoch_book.hpp"

#include <algorithm>

namespace gossamer::naming {
namespace {

constexpr Duration kAskAgain = std::chrono::seconds{5};
constexpr Duration kAskAgainMax = std::chrono::seconds{60};

}  // namespace

Epoch EpochBook::confirmed(const UnitId& unit) const {
  const auto at = lines_.find(unit);
  return at == lines_.end() ? 0 : at->second.confirmed;
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

bool EpochBook::confirm(const UnitId& unit, Epoch epoch) {
  Line* const held = line(unit);
  if (held == nullptr || epoch <= held->confirmed) return false;
  held->confirmed = epoch;
  held->floor = std::max(held->floor, epoch);
  keep(*held);
  return true;
}

void EpochBook::raise_floor(const UnitId& unit, Epoch epoch) {
  Line* const held = line(unit);
  if (held != nullptr) held->floor = std::max(held->floor, epoch);
}

bool EpochBook::should_ask(Instant now, const UnitId& unit, Epoch epoch) {
  const auto at = questions_.find(unit);
  if (at == questions_.end()) {
    questions_[unit] = {epoch, kAskAgain, now + kAskAgain};
    deadlines_.insert({now + kAskAgain, unit});
    return true;
  }
  Question& question = at->second;
  if (epoch <= question.epoch && now < question.again_at) return false;
  deadlines_.erase({question.again_at, unit});
  question.wait = epoch > question.epoch ? kAskAgain : std::min(2 * question.wait, kAskAgainMax);
  question.epoch = epoch;
  question.again_at = now + question.wait;
  deadlines_.insert({question.again_at, unit});
  return true;
}

void EpochBook::close_question(const UnitId& unit) {
  const auto at = questions_.find(unit);
  if (at == questions_.end()) return;
  deadlines_.erase({at->second.again_at, unit});
  questions_.erase(at);
}

std::vector<UnitId> EpochBook::due(Instant now) const {
  std::vector<UnitId> units;
  for (const auto& [at, unit] : deadlines_) {
    if (at > now) break;
    units.push_back(unit);
  }
  return units;
}

std::optional<Instant> EpochBook::next_deadline() const {
  if (deadlines_.empty()) return std::nullopt;
  return deadlines_.begin()->first;
}

}  // namespace gossamer::naming
