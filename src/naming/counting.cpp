#include "naming/counting.hpp"

namespace gossamer::naming {
namespace {

UnitId unit_of(const Held& held) {
  return {held.statement.record.name, held.statement.record.ordinal};
}

/// Whether `held`, met after `best` in order of nodes, is the better record of an owned unit.
bool is_better(const Held& held, const Held* best) {
  if (best == nullptr) return true;
  if (held.is_cached != best->is_cached) return best->is_cached;
  return held.statement.record.epoch >= best->statement.record.epoch;
}

}  // namespace

bool Sight::is_here(const NodeId& node, const Held& held) const {
  const Member* const member = members.find(node);
  if (member != nullptr) return member->is_live();
  // The first view may come later than our first record.
  return node == self || held.is_cached;
}

bool is_current(const Epochs& epochs, const Held& held) {
  if (held.statement.is_withdrawn || held.is_held_back) return false;
  const UnitId unit = unit_of(held);
  const Epoch epoch = held.statement.record.epoch;
  if (epoch != epochs.book.floor(unit) || epoch < epochs.inquiries.doubted(unit)) return false;
  if (epoch == 0) return true;
  if (epoch != epochs.book.confirmed(unit)) return held.is_recalled;
  const NodeId claimant = epochs.book.claimant(unit);
  return claimant.is_zero() || claimant == held.statement.record.node;
}

bool is_stale(const Epochs& epochs, const Held& held) {
  const Epoch epoch = held.statement.record.epoch;
  return held.is_cached || (epoch > 0 && epoch != epochs.book.confirmed(unit_of(held)));
}

std::vector<const Held*> counted(const Sight& sight, const Epochs& epochs,
                                 const Registry::Range& range) {
  std::vector<const Held*> answer;
  const Held* best = nullptr;
  std::uint32_t ordinal = 0;
  const auto end_unit = [&] {
    if (best != nullptr) answer.push_back(best);
    best = nullptr;
  };
  for (auto at = range.first; at != range.second; ++at) {
    const Held& held = at->second;
    if (at->first.ordinal != ordinal) end_unit();
    ordinal = at->first.ordinal;
    if (!is_current(epochs, held) || !sight.is_here(at->first.node, held)) continue;
    if (held.statement.record.epoch == 0) {
      answer.push_back(&held);
    } else if (is_better(held, best)) {
      best = &held;
    }
  }
  end_unit();
  return answer;
}

}  // namespace gossamer::naming
