#include "node/callback_queue.hpp"

namespace gossamer::node {

void CallbackQueue::add(UniqueFunction<void()> callback) {
  if (is_stopped_) return;
  waiting_.push_back(std::move(callback));
  timer_.arm(Duration{0});
}

void CallbackQueue::run() {
  const auto kept = shared_from_this();
  // What these add waits for the next turn of the loop, so that sockets get theirs between.
  std::deque<UniqueFunction<void()>> due;
  due.swap(waiting_);
  is_running_ = true;
  while (!due.empty() && !is_stopped_) {
    UniqueFunction<void()> callback = std::move(due.front());
    due.pop_front();
    callback();
  }
  is_running_ = false;
}

void CallbackQueue::stop() {
  is_stopped_ = true;
  timer_.close();
  // Dropping an answer adds another one, which is dropped as well.
  std::deque<UniqueFunction<void()>> dropped;
  dropped.swap(waiting_);
}

}  // namespace gossamer::node
