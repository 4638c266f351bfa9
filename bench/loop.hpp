#pragma once

#include <uv.h>

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>

namespace gossamer::bench {

/// A libuv loop: either the caller's to run, or with a thread that runs it for as long as it lives.
///
/// **Threads**: that of the caller who made it, except what says any.
class Loop {
 public:
  enum class RunBy { caller, own_thread };
  explicit Loop(RunBy by);
  /// Runs it until everything on it is closed, which somebody must have begun.
  ~Loop();
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;

  uv_loop_t* get() { return &uv_; }
  bool has_thread() const { return thread_.joinable(); }

  /// Runs `task` on the loop's thread, and waits for it. On a caller's loop it is run at once.
  void run(const std::function<void()>& task);
  /// The same without waiting. Any thread.
  void post(std::function<void()> task);

  /// Stands still: sockets stay open, and nobody reads them. Requires has_thread().
  void halt();
  void resume();

 private:
  void run_tasks();

  uv_loop_t uv_{};
  uv_async_t wake_{};
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::function<void()>> tasks_;
  bool is_halted_ = false;
  std::thread thread_;
};

}  // namespace gossamer::bench
