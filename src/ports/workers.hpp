#pragma once

#include "gossamer/unique_function.hpp"

namespace gossamer {

/// The node's own threads for work that blocks, and the way back to its loop.
class Workers {
 public:
  virtual ~Workers() = default;

  /// Runs `work` on some worker thread, then `done` on the loop. Called on the loop. Work starts in
  /// the order of the calls, several at a time; whoever needs one at a time queues for itself.
  virtual void run(UniqueFunction<void()> work, UniqueFunction<void()> done) = 0;

  /// Runs `task` on the loop, soon and in posting order. Any thread; never blocks. After the node
  /// has closed, tasks are destroyed unrun.
  virtual void post(UniqueFunction<void()> task) = 0;
};

}  // namespace gossamer
