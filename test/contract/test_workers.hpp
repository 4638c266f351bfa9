#pragma once

#include <catch2/catch.hpp>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

#include "gossamer/result.hpp"
#include "ports/workers.hpp"

namespace gossamer::test {

/// Workers on plain threads, whose loop is the thread that pumps.
class TestWorkers final : public Workers {
 public:
  explicit TestWorkers(std::size_t thread_count = 4) {
    for (std::size_t i = 0; i < thread_count; ++i) threads_.emplace_back([this] { work(); });
  }

  ~TestWorkers() override {
    {
      const std::lock_guard lock{mutex_};
      is_closing_ = true;
    }
    job_waits_.notify_all();
    for (std::thread& thread : threads_) thread.join();
  }

  void run(UniqueFunction<void()> work, UniqueFunction<void()> done) override {
    {
      const std::lock_guard lock{mutex_};
      jobs_.push_back({std::move(work), std::move(done)});
      ++unfinished_;
    }
    job_waits_.notify_one();
  }

  void post(UniqueFunction<void()> task) override {
    {
      const std::lock_guard lock{mutex_};
      tasks_.push_back(std::move(task));
    }
    task_waits_.notify_all();
  }

  /// Runs the loop until `is_met()`; fails the test when that takes too long.
  template <class Condition>
  void pump_until(Condition is_met) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds{60};
    while (!is_met()) {
      std::unique_lock lock{mutex_};
      if (!task_waits_.wait_until(lock, deadline, [this] { return !tasks_.empty(); })) {
        FAIL("the loop waits for something that does not come");
      }
      run_one(lock);
    }
  }

  /// Runs the loop until nothing is left to do.
  void settle() {
    for (;;) {
      std::unique_lock lock{mutex_};
      task_waits_.wait(lock, [this] { return !tasks_.empty() || unfinished_ == 0; });
      if (tasks_.empty()) return;
      run_one(lock);
    }
  }

  /// Runs what the loop has now, without waiting.
  void pump_once() {
    std::unique_lock lock{mutex_};
    for (std::size_t left = tasks_.size(); left > 0 && !tasks_.empty(); --left) {
      run_one(lock);
      lock.lock();
    }
  }

  /// Calls `start(done)` and pumps until `done` was given a value.
  template <class T, class Start>
  T await(Start start) {
    auto answer = std::make_shared<std::optional<T>>();
    start(UniqueFunction<void(T)>{[answer](T value) {
      if (answer->has_value()) FAIL_CHECK("done was called twice");
      answer->emplace(std::move(value));
    }});
    if (answer->has_value()) FAIL_CHECK("done was called from inside the call");
    pump_until([&] { return answer->has_value(); });
    return std::move(**answer);
  }

 private:
  struct Job {
    UniqueFunction<void()> work;
    UniqueFunction<void()> done;
  };

  void run_one(std::unique_lock<std::mutex>& lock) {
    UniqueFunction<void()> task = std::move(tasks_.front());
    tasks_.pop_front();
    lock.unlock();
    task();
  }

  void work() {
    std::unique_lock lock{mutex_};
    for (;;) {
      job_waits_.wait(lock, [this] { return is_closing_ || !jobs_.empty(); });
      if (jobs_.empty()) return;
      Job job = std::move(jobs_.front());
      jobs_.pop_front();
      lock.unlock();
      job.work();
      job.work = UniqueFunction<void()>{};
      lock.lock();
      tasks_.push_back(std::move(job.done));
      --unfinished_;
      task_waits_.notify_all();
    }
  }

  std::mutex mutex_;
  std::condition_variable job_waits_;
  std::condition_variable task_waits_;
  std::deque<Job> jobs_;
  std::deque<UniqueFunction<void()>> tasks_;
  std::size_t unfinished_ = 0;
  bool is_closing_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace gossamer::test
