#include "sim/event_queue.hpp"

#include <algorithm>

namespace gossamer::sim {

void EventQueue::at(Instant when, Task task) {
  heap_.push_back({std::max(when, now_), ties_++, std::move(task)});
  std::push_heap(heap_.begin(), heap_.end(), later);
}

bool EventQueue::run_next(Instant until) {
  if (heap_.empty() || heap_.front().when > until) {
    now_ = std::max(now_, until);
    return false;
  }
  std::pop_heap(heap_.begin(), heap_.end(), later);
  Event event = std::move(heap_.back());
  heap_.pop_back();
  now_ = event.when;
  ++events_run_;
  event.task();
  return true;
}

}  // namespace gossamer::sim
