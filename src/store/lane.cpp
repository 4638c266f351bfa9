#include "store/lane.hpp"

namespace gossamer::store {

void Lane::add(Step step) {
  waiting_.push_back(std::move(step));
  pump();
}

void Lane::pump() {
  if (is_pumping_) return;
  is_pumping_ = true;
  const std::weak_ptr<Lane*> weak = self_;
  while (!is_running_ && !waiting_.empty()) {
    is_running_ = true;
    Step step = std::move(waiting_.front());
    waiting_.pop_front();
    step([weak] {
      const auto self = weak.lock();
      if (!self) return;
      (*self)->is_running_ = false;
      (*self)->pump();
    });
    if (weak.expired()) return;
  }
  is_pumping_ = false;
}

}  // namespace gossamer::store
