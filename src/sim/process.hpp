#pragma once

#include <deque>
#include <memory>

#include "sim/event_queue.hpp"

namespace gossamer::sim {

/// The loop of one simulated process, from its start to its end. Tasks run one at a time. A stopped
/// process (as by SIGSTOP) runs none until it is resumed; an ended one never does.
class Process : public std::enable_shared_from_this<Process> {
 public:
  using Task = EventQueue::Task;
  /// `after_task` runs after every task of the loop.
  Process(EventQueue& queue, Task after_task) : queue_(queue), after_task_(std::move(after_task)) {}

  /// Runs the task on the loop, then or as soon as the process runs again.
  void at(Instant when, Task task) { schedule(when, std::move(task), false); }
  void after(Duration delay, Task task) { at(queue_.now() + delay, std::move(task)); }
  void post(Task task) { at(queue_.now(), std::move(task)); }
  /// The same for timers, which a resumed loop may look at before its other input.
  void timer_at(Instant when, Task task) { schedule(when, std::move(task), true); }

  void stop() { is_stopped_ = true; }
  /// What arrived meanwhile runs now, timers first or last.
  void resume(bool timers_first);
  void end();

  bool is_stopped() const { return is_stopped_; }
  bool is_ended() const { return is_ended_; }
  /// Tasks that wait for the process to be resumed.
  std::size_t backlog() const { return timers_.size() + inputs_.size(); }
  EventQueue& queue() { return queue_; }

 private:
  void schedule(Instant when, Task task, bool is_timer);
  void arrive(Task task, bool is_timer);

  EventQueue& queue_;
  Task after_task_;
  bool is_stopped_ = false;
  bool is_ended_ = false;
  std::deque<Task> timers_;
  std::deque<Task> inputs_;
};

}  // namespace gossamer::sim
