#include "transport/uv_workers.hpp"

#include <fmt/format.h>
#include <pthread.h>
#include <signal.h>

#include <system_error>
#include <utility>

namespace gossamer {
namespace {

/// Threads started meanwhile take no signals: those are for the program's own threads.
class SignalsBlocked {
 public:
  SignalsBlocked() {
    sigset_t all;
    sigfillset(&all);
    // A crash is the crashing thread's own, and whoever reports crashes wants to see it.
    for (const int crash : {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP, SIGABRT, SIGSYS}) {
      sigdelset(&all, crash);
    }
    pthread_sigmask(SIG_SETMASK, &all, &before_);
  }
  ~SignalsBlocked() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
  SignalsBlocked(const SignalsBlocked&) = delete;
  SignalsBlocked& operator=(const SignalsBlocked&) = delete;

 private:
  sigset_t before_;
};

}  // namespace

Result<std::unique_ptr<UvWorkers>> UvWorkers::open(UvLoop& loop, std::size_t threads) {
  if (threads == 0 || threads > kThreadsMax) {
    return fail(
        ErrorCode::invalid_argument,
        fmt::format("cannot open {} worker threads: must be 1 to {}", threads, kThreadsMax));
  }
  Result<std::unique_ptr<UvMailbox>> mailbox = UvMailbox::open(loop);
  if (!mailbox) return tl::unexpected(mailbox.error());
  std::unique_ptr<UvWorkers> workers{new UvWorkers{threads}};
  workers->mailbox_ = std::move(*mailbox);
  return workers;
}

bool UvWorkers::start_thread() {
  const SignalsBlocked blocked;
  try {
    threads_.emplace_back([this] { work(); });
  } catch (const std::system_error&) {
    return false;
  }
  pthread_setname_np(threads_.back().native_handle(), "gossamer-work");
  return true;
}

void UvWorkers::run(UniqueFunction<void()> work, UniqueFunction<void()> done) {
  bool is_thread_wanted = false;
  {
    const std::lock_guard lock{mutex_};
    if (is_closed_) return;
    jobs_.push_back(Job{std::move(work), std::move(done)});
    is_thread_wanted = jobs_.size() > idle_ && threads_.size() < threads_max_;
  }
  wake_.notify_one();
  if (!is_thread_wanted || start_thread() || !threads_.empty()) return;
  Job job;
  {
    const std::lock_guard lock{mutex_};
    job = std::move(jobs_.front());
    jobs_.pop_front();
  }
  finish(std::move(job));
}

std::size_t UvWorkers::queued() const {
  const std::lock_guard lock{mutex_};
  return jobs_.size();
}

void UvWorkers::work() {
  for (;;) {
    Job job;
    {
      std::unique_lock lock{mutex_};
      ++idle_;
      wake_.wait(lock, [this] { return is_closed_ || !jobs_.empty(); });
      --idle_;
      if (is_closed_) return;
      job = std::move(jobs_.front());
      jobs_.pop_front();
    }
    finish(std::move(job));
  }
}

// The work goes back too: what it captured may belong to the loop.
void UvWorkers::finish(Job job) {
  job.work();
  mailbox_->post([job = std::move(job)]() mutable {
    if (job.done) job.done();
  });
}

void UvWorkers::close() {
  std::deque<Job> unrun;
  {
    const std::lock_guard lock{mutex_};
    is_closed_ = true;
    unrun.swap(jobs_);
  }
  wake_.notify_all();
  for (std::thread& thread : threads_) thread.join();
  threads_.clear();
  mailbox_->close();
}

}  // namespace gossamer
