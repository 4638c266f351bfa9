#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "gossamer/result.hpp"
#include "ports/workers.hpp"
#include "transport/uv_mailbox.hpp"

namespace gossamer {

/// A few threads of our own; libuv's pool belongs to the whole process.
///
/// A thread is started when there is work that no other is free for, so who has none has no thread.
/// The queue has no bound of its own: whoever runs work bounds how much it has under way.
///
/// **Lifetime**: opened, closed and destroyed on the loop thread; nobody may post during or after
/// its destruction.
class UvWorkers final : public Workers {
 public:
  static constexpr std::size_t kThreadsMax = 64;

  /// `threads` at most. Errors: invalid_argument unless that is 1 to 64; io, if libuv fails.
  static Result<std::unique_ptr<UvWorkers>> open(UvLoop& loop, std::size_t threads);
  ~UvWorkers() override { close(); }

  /// On the loop itself, if the system has no thread to give: slow, but done.
  void run(UniqueFunction<void()> work, UniqueFunction<void()> done) override;
  void post(UniqueFunction<void()> task) override { mailbox_->post(std::move(task)); }

  /// How much work has not started, e.g. to tell that the disk does not keep up.
  std::size_t queued() const;

  /// Waits for work that has started. What has not, and every `done` and task not yet run, is
  /// destroyed unrun before this returns. Idempotent; a task or `done` may call it.
  void close();

 private:
  struct Job {
    UniqueFunction<void()> work;
    UniqueFunction<void()> done;
  };
  explicit UvWorkers(std::size_t threads_max) : threads_max_(threads_max) {}
  bool start_thread();
  void work();
  void finish(Job job);

  std::size_t threads_max_;
  std::unique_ptr<UvMailbox> mailbox_;
  mutable std::mutex mutex_;
  std::condition_variable wake_;
  bool is_closed_ = false;  // Guarded by mutex_, as are the jobs.
  std::size_t idle_ = 0;
  std::deque<Job> jobs_;
  std::vector<std::thread> threads_;  // The loop's.
};

}  // namespace gossamer
