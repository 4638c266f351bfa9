#pragma once

#include <uv.h>

#include <cstdint>

#include "base/instant.hpp"
#include "gossamer/unique_function.hpp"
#include "transport/uv_handle.hpp"

namespace gossamer {

/// When a timer with slack fires, in milliseconds of the machine's time: at a multiple of the
/// largest power of two within the slack, so that all who have some choose the same moments.
std::uint64_t meeting_point(std::uint64_t due_ms, Duration slack);

/// One timer that fires once each time it is armed.
///
/// Never fires early: libuv counts whole milliseconds from a time that it reads once per turn of
/// the loop, so a deadline given to it as it is can fire too soon, and whoever then arms it again
/// for the rest spins.
///
/// **Threads**: the loop thread only. `on_due` may arm, disarm, close or destroy the timer.
class UvTimer {
 public:
  UvTimer(UvLoop& loop, UniqueFunction<void()> on_due);

  /// Fires after `in`, rounded up to the next whole millisecond of the loop's time; at the loop's
  /// next turn if `in` is not positive. Replaces what was armed. Does nothing after close().
  /// It may come later by less than `slack`, to come at once with others: each time that the loop
  /// sleeps and is woken costs more than most of what it is woken for.
  void arm(Duration in, Duration slack = Duration{0});
  void disarm();
  bool is_armed() const;
  void close() { handle_.close(); }

 private:
  using Handle = UvHandle<uv_timer_t, UniqueFunction<void()>>;
  Handle handle_;
};

}  // namespace gossamer
