#pragma once

#include <optional>

#include "base/instant.hpp"
#include "ports/clock.hpp"
#include "transport/uv_handle.hpp"
#include "transport/uv_loop.hpp"
#include "transport/uv_timer.hpp"

namespace gossamer::node {

/// Wakes the driver at its next deadline. The deadline is looked up before the loop waits, once for
/// all turns since it last did; a node to which nothing happened costs the loop nothing, however
/// many share it. Deadlines that are far are met a little late, by a sixteenth of the wait and at
/// most 8 ms, so that the nodes of a loop, and of a machine, wake together.
///
/// **Threads**: confined to the loop.
class Wakeups {
 public:
  /// Who is woken, on the loop.
  class Sleeper {
   public:
    virtual ~Sleeper() = default;
    /// The loop is about to wait: the time to look at what the last turns have changed.
    virtual void before_wait() = 0;
    virtual std::optional<Instant> next_deadline() const = 0;
    /// `lateness`: how long after the moment by which it was to come; below zero if before that.
    virtual void on_due(Duration lateness) = 0;
  };

  Wakeups(UvLoop& loop, Clock& clock, Sleeper& sleeper);
  /// Something has happened: before the loop waits, look at it.
  void stir();
  /// The deadline may have moved outside the loop's turn: in a call of the user's.
  void refresh();
  void close();

 private:
  void on_timer();

  Clock& clock_;
  Sleeper& sleeper_;
  std::optional<Instant> armed_for_{};
  Duration slack_{};
  UvTimer timer_;
  UvHandle<uv_prepare_t, Wakeups*> prepare_;
};

}  // namespace gossamer::node
