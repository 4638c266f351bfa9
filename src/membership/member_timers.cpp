#include "membership/member_timers.hpp"

namespace gossamer::membership {

void MemberTimers::set(const NodeId& id, Instant at) {
  cancel(id);
  by_id_.emplace(id, at);
  by_time_.emplace(at, id);
}

void MemberTimers::cancel(const NodeId& id) {
  const auto at = by_id_.find(id);
  if (at == by_id_.end()) return;
  by_time_.erase({at->second, id});
  by_id_.erase(at);
}

std::vector<NodeId> MemberTimers::take_due(Instant now) {
  std::vector<NodeId> due;
  while (!by_time_.empty() && by_time_.begin()->first <= now) {
    due.push_back(by_time_.begin()->second);
    cancel(due.back());
  }
  return due;
}

void MemberTimers::shift(Duration by) {
  by_time_.clear();
  for (auto& [id, at] : by_id_) {
    at = at + by;
    by_time_.emplace(at, id);
  }
}

void MemberTimers::clear() {
  by_id_.clear();
  by_time_.clear();
}

std::optional<Instant> MemberTimers::next_deadline() const {
  if (by_time_.empty()) return std::nullopt;
  return by_time_.begin()->first;
}

}  // namespace gossamer::membership
