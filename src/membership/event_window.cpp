#include "membership/event_window.hpp"

#include <algorithm>
#include <utility>

#include "base/deadlines.hpp"

namespace gossamer::membership {
namespace {

constexpr Duration kBirthsMoment = std::chrono::milliseconds{20};
constexpr Duration kDeathsMoment = std::chrono::milliseconds{5};

std::vector<Member> described(const SortedChunks<NodeId>& ids, const MemberView& members) {
  std::vector<Member> found;
  for (const NodeId& id : ids) {
    if (const Member* member = members.find(id)) found.push_back(*member);
  }
  return found;
}

}  // namespace

void EventWindow::up(Instant now, const NodeId& id) {
  if (downs_.remove(id)) return;
  ups_.add(id);
  if (!tell_ups_at_) tell_ups_at_ = now + kBirthsMoment;
}

void EventWindow::down(Instant now, const NodeId& id) {
  if (ups_.remove(id)) return;
  downs_.add(id);
  if (tell_downs_at_) return;
  tell_downs_at_ = now + kDeathsMoment;
  if (downs_told_at_) tell_downs_at_ = std::max(*tell_downs_at_, *downs_told_at_ + gathering_);
}

EventWindow::Untold EventWindow::withdraw(const NodeId& id) {
  if (ups_.remove(id)) return Untold::up;
  return downs_.remove(id) ? Untold::down : Untold::nothing;
}

void EventWindow::on_deadline(Instant now, const MemberView& members, Outbox& outbox) {
  if (tell_downs_at_ && *tell_downs_at_ <= now) {
    tell_downs_at_.reset();
    MembersDown event{described(std::exchange(downs_, {}), members)};
    if (!event.members.empty()) {
      downs_told_at_ = now;
      outbox.push_back(Notify{std::move(event)});
    }
  }
  if (tell_ups_at_ && *tell_ups_at_ <= now) {
    tell_ups_at_.reset();
    MembersUp event{described(std::exchange(ups_, {}), members)};
    if (!event.members.empty()) outbox.push_back(Notify{std::move(event)});
  }
}

std::optional<Instant> EventWindow::next_deadline() const {
  std::optional<Instant> deadline = tell_ups_at_;
  earlier(deadline, tell_downs_at_);
  return deadline;
}

}  // namespace gossamer::membership
