#pragma once

#include <uv.h>

#include <cstddef>
#include <deque>
#include <memory>
#include <mutex>

#include "gossamer/result.hpp"
#include "gossamer/unique_function.hpp"
#include "transport/uv_handle.hpp"

namespace gossamer {

/// Brings tasks from any thread to the loop. libuv merges wake-ups, so the queue is our own.
///
/// **Lifetime**: opened, closed and destroyed on the loop thread; nobody may post during or after
/// its destruction.
class UvMailbox {
 public:
  /// Errors: io, if the system has no descriptor left.
  static Result<std::unique_ptr<UvMailbox>> open(UvLoop& loop);
  ~UvMailbox() { close(); }

  /// Runs `task` on the loop, in posting order. Any thread; never blocks. After close(), destroys
  /// it unrun.
  void post(UniqueFunction<void()> task);
  /// How many wait. Any thread.
  std::size_t size() const;
  /// Whether any wait, those behind a task that runs now included. The loop thread.
  bool has_waiting() const { return !state_->running.empty() || size() > 0; }

  /// Destroys unrun tasks before it returns. A task may call it.
  void close();

 private:
  struct State {
    std::mutex mutex;
    bool is_closed = false;                      // Guarded by mutex.
    std::deque<UniqueFunction<void()>> tasks;    // Guarded by mutex.
    std::deque<UniqueFunction<void()>> running;  // The loop thread's.
  };
  // Shared, because a running task may close the handle, and others may post after that.
  using Handle = UvHandle<uv_async_t, std::shared_ptr<State>>;
  UvMailbox() = default;
  static void run_tasks(State& state);

  std::shared_ptr<State> state_ = std::make_shared<State>();
  Handle handle_;
};

}  // namespace gossamer
