#pragma once

#include "ports/clock.hpp"
#include "sim/event_queue.hpp"

namespace gossamer::sim {

/// What a wall clock shows that is right.
std::uint64_t true_wall_ms(const EventQueue& queue);

/// A machine's monotonic clock: starts anywhere, and runs a little too fast or too slow.
class DriftingClock final : public Clock {
 public:
  DriftingClock(EventQueue& queue, Duration origin, std::int64_t drift_ppm, Duration wall_error)
      : queue_(queue),
        booted_(queue.now()),
        origin_(origin),
        drift_ppm_(drift_ppm),
        wall_error_(wall_error) {}
  Instant now() override;
  std::uint64_t wall_ms() override;
  /// Somebody set the wall clock: it is wrong by so much from now on.
  void set_wall_error(Duration wall_error) { wall_error_ = wall_error; }
  /// When this clock will show at least `local`, or a little earlier.
  Instant when(Instant local) const;

 private:
  EventQueue& queue_;
  Instant booted_;
  Duration origin_;
  std::int64_t drift_ppm_;
  Duration wall_error_;
};

}  // namespace gossamer::sim
