#pragma once

#include <mutex>

#include "ports/workers.hpp"

namespace gossamer::store {

/// The way to the node's workers for what may outlive the node: handles of stores in the hands of
/// services. Once shut, tasks are destroyed unrun.
class WorkersGate {
 public:
  explicit WorkersGate(Workers& workers) : workers_(&workers) {}

  /// On the loop. False if the gate is shut.
  bool run(UniqueFunction<void()> work, UniqueFunction<void()> done);
  /// Any thread.
  void post(UniqueFunction<void()> task);
  /// On the loop. No call reaches the workers after it.
  void shut();

 private:
  // Recursive: a task that the workers destroy at once may hold the last reference to something
  // that itself posts when it goes.
  std::recursive_mutex mutex_;
  Workers* workers_;
};

}  // namespace gossamer::store
