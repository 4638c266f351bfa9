#pragma once

#include <chrono>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gossamer/membership.hpp"
#include "gossamer/naming_record.hpp"
#include "gossamer/result.hpp"
#include "gossamer/unique_function.hpp"
#include "node/nearness.hpp"
#include "ports/workers.hpp"

namespace gossamer {
class Node;
}

namespace gossamer::node {

/// What NodeHandles share with their node: tasks on their way to the loop, and the newest pictures
/// on their way from it. Locks are held for a few pointers at a time.
///
/// **Threads**: any, except what says loop.
class Mailbox : public std::enable_shared_from_this<Mailbox> {
 public:
  explicit Mailbox(std::size_t queue_max) : queue_max_(queue_max) {}

  Result<void> post(UniqueFunction<void(Node&)> task);
  MemberView members() const;
  std::vector<NameRecord> resolve(std::string_view name) const;
  std::optional<std::chrono::microseconds> round_trip(const NodeId& member) const;
  std::vector<NameRecord> nearest(std::vector<NameRecord> records) const;

  /// Loop. From now on tasks are taken. `workers` must stay until close().
  void open(Workers& workers, Node& node);
  /// Loop. Tasks that wait are dropped; further ones are refused.
  void close();
  /// Loop.
  void set_members(const MemberView& members);
  void set_records(const std::string& name, std::vector<NameRecord> records);
  void set_self(const NodeId& self);
  void set_round_trip(const NodeId& member, std::chrono::microseconds round_trip);

 private:
  using Records = std::shared_ptr<const std::vector<NameRecord>>;
  void run();

  const std::size_t queue_max_;
  mutable std::mutex mutex_;
  std::deque<UniqueFunction<void(Node&)>> tasks_;
  Workers* workers_ = nullptr;
  Node* node_ = nullptr;  // Used on the loop only.
  MemberView members_;
  NodeId self_{};
  Nearness nearness_;
  std::map<std::string, Records, std::less<>> records_;
};

}  // namespace gossamer::node
