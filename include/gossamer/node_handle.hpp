#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "gossamer/membership.hpp"
#include "gossamer/naming_record.hpp"
#include "gossamer/result.hpp"
#include "gossamer/unique_function.hpp"

namespace gossamer {

class Node;
namespace node {
class Mailbox;
}

/// Reaches a node from any thread. Cheap to copy; does not keep the node alive.
class NodeHandle {
 public:
  /// Of no node: members() is empty, and post fails.
  NodeHandle() = default;
  explicit NodeHandle(std::shared_ptr<node::Mailbox> mailbox) : mailbox_(std::move(mailbox)) {}

  /// The members last published; may trail the loop by a turn. Stays as it was when the node
  /// closes.
  MemberView members() const;
  /// As Naming::resolve; may trail the loop by a turn.
  std::vector<NameRecord> resolve(std::string_view name) const;
  /// As Node::round_trip and Node::nearest.
  std::optional<std::chrono::microseconds> round_trip(const NodeId& member) const;
  std::vector<NameRecord> nearest(std::vector<NameRecord> records) const;

  /// Runs `task` on the loop, soon and in posting order.
  /// Errors: cancelled if the node has closed (the task is destroyed unrun; so are tasks that wait
  /// when it closes); resource_exhausted if `post_queue_max` tasks already wait.
  Result<void> post(UniqueFunction<void(Node&)> task) const;

 private:
  std::shared_ptr<node::Mailbox> mailbox_;
};

}  // namespace gossamer
