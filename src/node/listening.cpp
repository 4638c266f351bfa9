// What comes in from the network, the driver and the loop, and who hears of it.

#include <fmt/format.h>

#include "node/json.hpp"
#include "node/shell.hpp"

namespace gossamer::node {
namespace {

// Later than this and the process did not run: what others sent meanwhile lies unread in the
// sockets, and must be read before timers judge them by their silence.
constexpr Duration kStallThreshold = std::chrono::milliseconds{100};

}  // namespace

void Shell::on_datagram(const Endpoint& from, ByteView bytes) {
  if (driver_) driver_->on_datagram(from, bytes);
}

void Shell::on_frame(const Endpoint& from, ByteView bytes) {
  if (driver_) driver_->on_frame(from, bytes);
}

void Shell::on_link(const Endpoint& peer, LinkEvent event) {
  if (driver_) driver_->on_link(peer, event);
}

std::optional<Instant> Shell::next_deadline() const {
  return driver_ ? driver_->next_deadline() : std::nullopt;
}

void Shell::on_due(Duration lateness) {
  if (lateness > kStallThreshold) network_->poll_now();
  if (driver_) driver_->on_wakeup();
}

void Shell::on_turn_ended() {
  if (wakeups_) wakeups_->stir();
}

void Shell::on_round_trip(const NodeId& member, std::chrono::microseconds round_trip) {
  mailbox_->set_round_trip(member, round_trip);
}

void Shell::before_wait() {
  if (driver_) publish_members();
}

void Shell::publish_members() {
  const MemberView& members = driver_->members();
  if (members.is_same_as(members_told_)) return;
  members_told_ = members;
  mailbox_->set_members(members);
  joins_->on_members(members);
  const std::size_t live = members.live_count();
  if (seed_poll_) seed_poll_->on_company(live > 1, live);
}

void Shell::on_event(const Event& event) {
  if (const auto* foreign = std::get_if<ForeignObjectStore>(&event)) {
    joins_->refuse({ErrorCode::invalid_argument,
                    fmt::format("the cluster's object store is another one: here {}, there {}",
                                foreign->here, foreign->there)});
  }
  if (std::holds_alternative<KeysChanged>(event)) wrap_data_key();
  if (const auto* alarm = std::get_if<Alarm>(&event)) {
    log(LogLevel::warning, fmt::format("{}: {}", alarm->subject, alarm->detail));
  } else {
    log(LogLevel::info, to_json(event));
  }
  tell_subscribers(event);
}

void Shell::tell_subscribers(const Event& event) {
  if (event_subscribers_.is_empty()) return;
  callbacks_->add([self = shared_from_this(), event, before = event_subscribers_.next()] {
    self->event_subscribers_.call(before, event);
  });
}

void Shell::on_name_changed(const std::string& name) {
  if (!driver_) return;
  mailbox_->set_records(name, driver_->resolve(name));
  if (watchers_.find(name) == watchers_.end() || !names_to_tell_.insert(name).second) return;
  callbacks_->add([self = shared_from_this(), name] {
    self->names_to_tell_.erase(name);
    self->tell_watchers(name);
  });
}

void Shell::tell_watchers(const std::string& name) {
  const auto at = watchers_.find(name);
  if (at != watchers_.end()) at->second.call(at->second.next(), resolve(name));
}

Subscription Shell::subscribe(std::function<void(const Event&)> callback) {
  const std::uint64_t id = event_subscribers_.add(std::move(callback));
  return Subscription{[weak = weak_from_this(), id] {
    if (const auto self = weak.lock()) self->event_subscribers_.remove(id);
  }};
}

Subscription Shell::watch(std::string name,
                          std::function<void(const std::vector<NameRecord>&)> watcher) {
  const std::uint64_t id = watchers_[name].add(std::move(watcher));
  callbacks_->add([self = shared_from_this(), name, id] {
    const auto at = self->watchers_.find(name);
    if (at != self->watchers_.end()) at->second.call_one(id, self->resolve(name));
  });
  // The list of a name stays, for one of its watchers may be ending itself from within.
  return Subscription{[weak = weak_from_this(), name = std::move(name), id] {
    const auto self = weak.lock();
    if (self == nullptr) return;
    const auto at = self->watchers_.find(name);
    if (at != self->watchers_.end()) at->second.remove(id);
  }};
}

void Shell::log(LogLevel level, std::string_view line) const {
  if (options_.log != nullptr) options_.log->log(level, line);
}

}  // namespace gossamer::node
