#pragma once

#include "base/instant.hpp"
#include "ports/clock.hpp"
#include "transport/uv_timer.hpp"

namespace gossamer {

/// Looks at connections four times a second while there are any: one timer, not one for each.
class ConnectionSweep {
 public:
  /// `stalled` is how much longer than planned the loop took to get here. Timeouts are extended by
  /// it: while we stood still, what our peers sent went unread.
  using OnSweep = UniqueFunction<void(Instant now, Duration stalled)>;

  ConnectionSweep(UvLoop& loop, Clock& clock, OnSweep on_sweep);

  /// To be called whenever there is something to look at.
  void start();
  void stop() { timer_.disarm(); }
  void close() { timer_.close(); }

 private:
  void on_due();

  Clock& clock_;
  OnSweep on_sweep_;
  Instant due_{};
  UvTimer timer_;
};

}  // namespace gossamer
