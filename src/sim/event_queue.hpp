#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/instant.hpp"
#include "gossamer/unique_function.hpp"

namespace gossamer::sim {

/// Virtual time: what will happen, ordered by (time, order of the calls). Time passes only by
/// running the next event, so one seed gives one story.
class EventQueue {
 public:
  using Task = UniqueFunction<void()>;

  Instant now() const { return now_; }
  /// Runs `task` at `when`, or now if that has passed.
  void at(Instant when, Task task);
  void after(Duration delay, Task task) { at(now_ + delay, std::move(task)); }

  /// Runs the next event if it is due by `until`. Else moves the time there, and says false.
  bool run_next(Instant until);

  std::size_t size() const { return heap_.size(); }
  std::uint64_t events_run() const { return events_run_; }

 private:
  struct Event {
    Instant when;
    std::uint64_t tie;
    Task task;
  };
  static bool later(const Event& a, const Event& b) {
    return a.when != b.when ? a.when > b.when : a.tie > b.tie;
  }

  Instant now_{};
  std::uint64_t ties_ = 0;
  std::uint64_t events_run_ = 0;
  std::vector<Event> heap_;
};

}  // namespace gossamer::sim
