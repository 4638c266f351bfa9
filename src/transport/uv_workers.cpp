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
  std::unique_ptr<UvWorkers> workers{new UvWorkers};
  workers->mailbox_ = std::move(*mailbox);
  const SignalsBlocked blocked;
  try {
    for (std::size_t i = 0; i < threads; ++i) {
      workers->threads_.emplace_back([self = workers.get()] { self->work(); });
      pthread_setname_np(workers->threads_.back().native_handle(), "gossamer-work");
    }
  } catch (const std::system_error& error) {
    return fail(ErrorCode::io, fmt::format("cannot start worker thread {} of {}: {}",
                                           workers->threads_.size() + 1, threads, error.what()));
  }
  return workers;
}

void UvWorkers::run(UniqueFunction<void()> work, UniqueFunction<void()> done) {
  Job job{std::move(work), std::move(done)};
  {
    const std::lock_guard lock{mutex_};
    if (is_closed_) return;
    jobs_.push_back(std::move(job));
  }
  wake_.notify_one();
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
      wake_.wait(lock, [this] { return is_closed_ || !jobs_.empty(); });
      if (is_closed_) return;
      job = std::move(jobs_.front());
      jobs_.pop_front();
    }
    job.work();
    // The work goes back too: what it captured may belong to the loop.
    mailbox_->post([job = std::move(job)]() mutable {
      if (job.done) job.done();
    });
  }
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
