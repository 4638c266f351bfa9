#include "membership/tombstones.hpp"

namespace gossamer::membership {

Tombstones::Tombstones(Duration tombstone_time, std::size_t remembered_max)
    : tombstone_time_(tombstone_time), remembered_max_(remembered_max) {}

void Tombstones::bury(Instant now, const NodeId& id) {
  hushes_.set(id, now + tombstone_time_ / 2);
  forgets_.set(id, now + tombstone_time_);
}

void Tombstones::raise(const NodeId& id) {
  hushes_.cancel(id);
  forgets_.cancel(id);
}

std::optional<Instant> Tombstones::next_deadline() const {
  std::optional<Instant> deadline = hushes_.next();
  earlier(deadline, forgets_.next());
  return deadline;
}

void Tombstones::remember(const NodeId& id, Incarnation incarnation) {
  stop_remembering(id);
  while (!by_order_.empty() && memories_.size() >= remembered_max_) {
    stop_remembering(NodeId{by_order_.begin()->second});
  }
  const std::uint64_t order = next_order_++;
  memories_[id] = {incarnation, order};
  by_order_[order] = id;
}

std::optional<Incarnation> Tombstones::remembered(const NodeId& id) const {
  const auto at = memories_.find(id);
  if (at == memories_.end()) return std::nullopt;
  return at->second.incarnation;
}

void Tombstones::stop_remembering(const NodeId& id) {
  const auto at = memories_.find(id);
  if (at == memories_.end()) return;
  by_order_.erase(at->second.order);
  memories_.erase(at);
}

void Tombstones::note_gave_way(Instant now, const NodeId& id) {
  const auto at = memories_.find(id);
  if (at != memories_.end()) at->second.asked_at = now;
}

void Tombstones::note_heard(const NodeId& id) {
  const auto at = memories_.find(id);
  if (at != memories_.end()) at->second.was_heard = true;
}

bool Tombstones::was_heard(const NodeId& id) const {
  const auto at = memories_.find(id);
  return at != memories_.end() && at->second.was_heard;
}

bool Tombstones::may_ask(Instant now, const NodeId& id, Duration gap) {
  const auto at = memories_.find(id);
  if (at == memories_.end()) return false;
  std::optional<Instant>& asked_at = at->second.asked_at;
  if (asked_at && now < *asked_at + gap) return false;
  asked_at = now;
  return true;
}

}  // namespace gossamer::membership
