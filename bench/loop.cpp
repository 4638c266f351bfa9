#include "loop.hpp"

#include <future>
#include <memory>
#include <utility>

#include "give_up.hpp"

namespace gossamer::bench {

Loop::Loop(RunBy by) {
  if (uv_loop_init(&uv_) != 0) give_up("cannot make a loop");
  if (by == RunBy::caller) return;
  wake_.data = this;
  if (uv_async_init(&uv_, &wake_,
                    [](uv_async_t* wake) { static_cast<Loop*>(wake->data)->run_tasks(); }) != 0) {
    give_up("cannot wake a loop");
  }
  thread_ = std::thread{[this] { uv_run(&uv_, UV_RUN_DEFAULT); }};
}

Loop::~Loop() {
  if (has_thread()) {
    resume();
    post([this] { uv_close(reinterpret_cast<uv_handle_t*>(&wake_), nullptr); });
    thread_.join();
  } else {
    uv_run(&uv_, UV_RUN_DEFAULT);
  }
  uv_loop_close(&uv_);
}

void Loop::run(const std::function<void()>& task) {
  if (!has_thread()) return task();
  // Shared, for who waits may be gone before the answer has been given to the end.
  const auto done = std::make_shared<std::promise<void>>();
  post([&task, done] {
    task();
    done->set_value();
  });
  done->get_future().wait();
}

void Loop::post(std::function<void()> task) {
  if (!has_thread()) return task();
  const std::lock_guard lock{mutex_};
  tasks_.push_back(std::move(task));
  uv_async_send(&wake_);
}

void Loop::run_tasks() {
  std::unique_lock lock{mutex_};
  while (!tasks_.empty()) {
    const std::function<void()> task = std::move(tasks_.front());
    tasks_.pop_front();
    lock.unlock();
    task();
    lock.lock();
  }
}

void Loop::halt() {
  const std::lock_guard lock{mutex_};
  is_halted_ = true;
  tasks_.push_back([this] {
    std::unique_lock waiting{mutex_};
    changed_.wait(waiting, [this] { return !is_halted_; });
  });
  uv_async_send(&wake_);
}

void Loop::resume() {
  const std::lock_guard lock{mutex_};
  is_halted_ = false;
  changed_.notify_all();
}

}  // namespace gossamer::bench
