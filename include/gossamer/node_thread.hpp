#pragma once

#include <chrono>
#include <memory>

#include "gossamer/node_handle.hpp"
#include "gossamer/options.hpp"
#include "gossamer/result.hpp"

namespace gossamer {

/// A node with a loop and a thread of its own, for programs that have neither.
///
/// The destructor leaves the cluster (within `options.leave_timeout`), ends the loop and joins the
/// thread. **Threads**: any but its own: never call or destroy it from one of its callbacks.
class NodeThread {
 public:
  /// Errors: those of Node::open.
  static Result<std::unique_ptr<NodeThread>> start(NodeOptions options);
  ~NodeThread();
  NodeThread(const NodeThread&) = delete;
  NodeThread& operator=(const NodeThread&) = delete;

  /// As Node::join, but waits for the answer.
  Result<void> join(std::chrono::milliseconds timeout);

  NodeHandle handle() const;

 private:
  struct Impl;
  explicit NodeThread(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace gossamer
