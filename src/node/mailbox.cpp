#include "node/mailbox.hpp"

#include <fmt/format.h>

#include "gossamer/node_handle.hpp"

namespace gossamer::node {

Result<void> Mailbox::post(UniqueFunction<void(Node&)> task) {
  const std::lock_guard lock{mutex_};
  if (workers_ == nullptr) return fail(ErrorCode::cancelled, "the node has closed");
  if (tasks_.size() >= queue_max_) {
    return fail(ErrorCode::resource_exhausted,
                fmt::format("{} tasks wait for the node's loop already", tasks_.size()));
  }
  tasks_.push_back(std::move(task));
  // One wake-up takes all that waits, so only the first task asks for it.
  if (tasks_.size() == 1) workers_->post([self = shared_from_this()] { self->run(); });
  return {};
}

void Mailbox::run() {
  std::deque<UniqueFunction<void(Node&)>> due;
  {
    const std::lock_guard lock{mutex_};
    due.swap(tasks_);
  }
  for (auto& task : due) {
    if (node_ == nullptr) return;  // A task before it has closed the node.
    task(*node_);
  }
}

void Mailbox::open(Workers& workers, Node& node) {
  const std::lock_guard lock{mutex_};
  workers_ = &workers;
  node_ = &node;
}

void Mailbox::close() {
  std::deque<UniqueFunction<void(Node&)>> dropped;  // Destroyed without the lock.
  const std::lock_guard lock{mutex_};
  workers_ = nullptr;
  node_ = nullptr;
  dropped.swap(tasks_);
}

void Mailbox::set_members(const MemberView& members) {
  MemberView old = members;
  const std::lock_guard lock{mutex_};
  std::swap(members_, old);
  if (nearness_.size() >= members_.size()) nearness_.keep_only(members_);
}

void Mailbox::set_self(const NodeId& self) {
  const std::lock_guard lock{mutex_};
  self_ = self;
}

void Mailbox::set_round_trip(const NodeId& member, std::chrono::microseconds round_trip) {
  const std::lock_guard lock{mutex_};
  nearness_.note(member, round_trip);
}

std::optional<std::chrono::microseconds> Mailbox::round_trip(const NodeId& member) const {
  const std::lock_guard lock{mutex_};
  if (member == self_) return std::chrono::microseconds{0};
  return nearness_.of(member);
}

std::vector<NameRecord> Mailbox::nearest(std::vector<NameRecord> records) const {
  NodeId self;
  MemberView members;
  RoundTrips round_trips;
  round_trips.reserve(records.size());
  {
    const std::lock_guard lock{mutex_};
    self = self_;
    members = members_;
    for (const NameRecord& record : records) round_trips.push_back(nearness_.of(record.node));
  }
  return node::nearest(std::move(records), round_trips, self, members);
}

void Mailbox::set_records(const std::string& name, std::vector<NameRecord> records) {
  Records published = std::make_shared<const std::vector<NameRecord>>(std::move(records));
  const std::lock_guard lock{mutex_};
  if (published->empty()) {
    records_.erase(name);
  } else {
    records_[name].swap(published);
  }
}

MemberView Mailbox::members() const {
  const std::lock_guard lock{mutex_};
  return members_;
}

std::vector<NameRecord> Mailbox::resolve(std::string_view name) const {
  Records found;
  {
    const std::lock_guard lock{mutex_};
    const auto at = records_.find(name);
    if (at == records_.end()) return {};
    found = at->second;
  }
  return *found;
}

}  // namespace gossamer::node

namespace gossamer {

MemberView NodeHandle::members() const {
  return mailbox_ == nullptr ? MemberView{} : mailbox_->members();
}

std::vector<NameRecord> NodeHandle::resolve(std::string_view name) const {
  return mailbox_ == nullptr ? std::vector<NameRecord>{} : mailbox_->resolve(name);
}

std::optional<std::chrono::microseconds> NodeHandle::round_trip(const NodeId& member) const {
  return mailbox_ == nullptr ? std::nullopt : mailbox_->round_trip(member);
}

std::vector<NameRecord> NodeHandle::nearest(std::vector<NameRecord> records) const {
  return mailbox_ == nullptr ? records : mailbox_->nearest(std::move(records));
}

Result<void> NodeHandle::post(UniqueFunction<void(Node&)> task) const {
  if (mailbox_ == nullptr) return fail(ErrorCode::cancelled, "this handle is of no node");
  return mailbox_->post(std::move(task));
}

}  // namespace gossamer
