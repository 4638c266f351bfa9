#include "fakecloud/later_list.hpp"

#include <utility>

namespace gossamer::fakecloud {

LaterList::LaterList() : thread_([this] { run(); }) {}

void LaterList::add(std::chrono::milliseconds delay, std::function<void()> action) {
  const std::lock_guard lock{mutex_};
  if (is_stopping_) return;
  actions_.emplace(Clock::now() + delay, std::move(action));
  changed_.notify_one();
}

void LaterList::stop() {
  {
    const std::lock_guard lock{mutex_};
    is_stopping_ = true;
    actions_.clear();
    changed_.notify_one();
  }
  if (thread_.joinable()) thread_.join();
}

void LaterList::run() {
  std::unique_lock lock{mutex_};
  while (!is_stopping_) {
    if (actions_.empty()) {
      changed_.wait(lock);
    } else if (actions_.begin()->first > Clock::now()) {
      // A copy: the list may change while this waits.
      const Clock::time_point due = actions_.begin()->first;
      changed_.wait_until(lock, due);
    } else {
      const std::function<void()> action = std::move(actions_.begin()->second);
      actions_.erase(actions_.begin());
      lock.unlock();
      action();
      lock.lock();
    }
  }
}

}  // namespace gossamer::fakecloud
