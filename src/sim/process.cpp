#include "sim/process.hpp"

namespace gossamer::sim {

void Process::schedule(Instant when, Task task, bool is_timer) {
  queue_.at(when, [weak = weak_from_this(), task = std::move(task), is_timer]() mutable {
    if (const std::shared_ptr<Process> self = weak.lock()) self->arrive(std::move(task), is_timer);
  });
}

void Process::arrive(Task task, bool is_timer) {
  if (is_ended_) return;
  if (is_stopped_) {
    (is_timer ? timers_ : inputs_).push_back(std::move(task));
    return;
  }
  task();
  if (!is_ended_) after_task_();
}

void Process::resume(bool timers_first) {
  is_stopped_ = false;
  std::deque<Task> timers;
  std::deque<Task> inputs;
  timers.swap(timers_);
  inputs.swap(inputs_);
  if (!timers_first) timers.swap(inputs);
  for (Task& task : timers) schedule(queue_.now(), std::move(task), timers_first);
  for (Task& task : inputs) schedule(queue_.now(), std::move(task), !timers_first);
}

void Process::end() {
  is_ended_ = true;
  timers_.clear();
  inputs_.clear();
}

}  // namespace gossamer::sim
