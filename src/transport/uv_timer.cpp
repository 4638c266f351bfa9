#include "transport/uv_timer.hpp"

#include <algorithm>
#include <bit>
#include <chrono>
#include <cstdint>
#include <utility>

namespace gossamer {
namespace {

constexpr std::uint64_t kNanosecondsPerMillisecond = 1'000'000;
// Far enough for any deadline, near enough for the sums not to overflow.
constexpr Duration kArmMax = std::chrono::hours{24 * 365};

}  // namespace

std::uint64_t meeting_point(std::uint64_t due_ms, Duration slack) {
  const auto slack_ms = std::chrono::duration_cast<std::chrono::milliseconds>(slack).count();
  if (slack_ms < 2) return due_ms;
  const std::uint64_t apart = std::bit_floor(static_cast<std::uint64_t>(slack_ms));
  return (due_ms + apart - 1) / apart * apart;
}

UvTimer::UvTimer(UvLoop& loop, UniqueFunction<void()> on_due) {
  const int status = handle_.open(loop, std::move(on_due), uv_timer_init);
  GOSSAMER_ASSERT(status == 0);
}

void UvTimer::arm(Duration in, Duration slack) {
  if (!handle_.is_open()) return;
  uv_timer_t* timer = handle_.get();
  const Duration bounded = std::clamp(in, Duration{0}, kArmMax);
  std::uint64_t wait_ms = 0;
  if (bounded.count() > 0) {
    // In the loop's own milliseconds, because libuv counts from the loop's time, which is old after
    // a long turn.
    const std::uint64_t due = uv_hrtime() + static_cast<std::uint64_t>(bounded.count());
    const std::uint64_t due_ms =
        meeting_point((due + kNanosecondsPerMillisecond - 1) / kNanosecondsPerMillisecond, slack);
    const std::uint64_t loop_ms = uv_now(timer->loop);
    wait_ms = due_ms > loop_ms ? due_ms - loop_ms : 0;
  }
  uv_timer_start(
      timer, [](uv_timer_t* fired) { Handle::state_of(fired)(); }, wait_ms, 0);
}

void UvTimer::disarm() {
  if (handle_.is_open()) uv_timer_stop(handle_.get());
}

bool UvTimer::is_armed() const {
  return handle_.is_open() && uv_is_active(reinterpret_cast<uv_handle_t*>(handle_.get())) != 0;
}

}  // namespace gossamer
