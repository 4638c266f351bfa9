#include "membership/event_window.hpp"

#include <utility>

namespace gossamer::membership {
namespace {

constexpr Duration kWindow = std::chrono::milliseconds{20};

}  // namespace

void EventWindow::up(Instant now, const NodeId& id) {
  note(now, id, Change::up);
}

void EventWindow::down(Instant now, const NodeId& id) {
  note(now, id, Change::down);
}

bool EventWindow::is_unannounced(const NodeId& id) const {
  const auto at = changes_.find(id);
  return at != changes_.end() && at->second == Change::up;
}

bool EventWindow::withdraw(const NodeId& id) {
  const bool was_unannounced = is_unannounced(id);
  changes_.erase(id);
  return was_unannounced;
}

void EventWindow::on_deadline(Instant now, const MemberView& members, Outbox& outbox) {
  if (!closes_at_ || *closes_at_ > now) return;
  closes_at_.reset();
  MembersUp ups;
  MembersDown downs;
  for (const auto& [id, change] : std::exchange(changes_, {})) {
    const Member* member = members.find(id);
    if (member == nullptr) continue;
    (change == Change::up ? ups.members : downs.members).push_back(*member);
  }
  if (!downs.members.empty()) outbox.push_back(Notify{std::move(downs)});
  if (!ups.members.empty()) outbox.push_back(Notify{std::move(ups)});
}

void EventWindow::note(Instant now, const NodeId& id, Change change) {
  const auto at = changes_.find(id);
  if (at != changes_.end() && at->second != change) {
    changes_.erase(at);
    return;
  }
  changes_[id] = change;
  if (!closes_at_) closes_at_ = now + kWindow;
}

}  // namespace gossamer::membership
