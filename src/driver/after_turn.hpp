#pragma once

#include <deque>

#include "gossamer/unique_function.hpp"

namespace gossamer::driver {

/// The third rule: what belongs to the user runs after the turn, never from inside a call. A call
/// back into the driver from here is a new turn; what that one adds runs behind what waits already.
class AfterTurn {
 public:
  void add(UniqueFunction<void()> task) {
    if (!is_stopped_) tasks_.push_back(std::move(task));
  }

  /// Nothing of the user's runs any more: its owner is gone.
  void stop() {
    is_stopped_ = true;
    tasks_.clear();
  }

  bool is_empty() const { return tasks_.empty(); }

  void run() {
    if (is_running_) return;  // The outer run takes what an inner turn added.
    is_running_ = true;
    while (!tasks_.empty()) {
      UniqueFunction<void()> task = std::move(tasks_.front());
      tasks_.pop_front();
      task();
    }
    is_running_ = false;
  }

 private:
  std::deque<UniqueFunction<void()>> tasks_;
  bool is_running_ = false;
  bool is_stopped_ = false;
};

}  // namespace gossamer::driver
