#include "membership/period_clock.hpp"

#include <algorithm>
#include <utility>

namespace gossamer::membership {
namespace {

using std::chrono::microseconds;

// Of a period, in each.
constexpr int kShareMovedMax = 10;
// What is told is some machine's wall clock, more or less: further than this from ours it is none.
constexpr Duration kApartMax = std::chrono::hours{24 * 365};

}  // namespace

std::uint64_t PeriodClock::reading_us(Instant now) const {
  const auto reading = std::chrono::duration_cast<microseconds>(now.since_origin + ahead_).count();
  return static_cast<std::uint64_t>(std::max<std::int64_t>(1, reading));
}

void PeriodClock::hear(Instant now, std::uint64_t theirs_us, Duration round_trip) {
  const std::uint64_t ours_us = reading_us(now);
  const std::uint64_t apart_us = theirs_us > ours_us ? theirs_us - ours_us : ours_us - theirs_us;
  if (apart_us >
      static_cast<std::uint64_t>(std::chrono::duration_cast<microseconds>(kApartMax).count())) {
    return;
  }
  const microseconds apart{static_cast<std::int64_t>(theirs_us - ours_us)};
  const Duration difference = Duration{apart} + round_trip / 2;
  if (!std::exchange(has_heard_, true)) {
    ahead_ += difference;
    return;
  }
  const std::int64_t period = period_at(now);
  if (std::exchange(moved_in_, period) != period) moved_ = Duration{0};
  const Duration most = period_ / kShareMovedMax;
  const Duration by = std::clamp(difference / 2, -most - moved_, most - moved_);
  moved_ += by;
  ahead_ += by;
}

std::int64_t PeriodClock::period_at(Instant now) const {
  const Duration::rep reading = (now.since_origin + ahead_).count();
  const Duration::rep whole = reading / period_.count();
  return reading % period_.count() < 0 ? whole - 1 : whole;
}

Instant PeriodClock::begin_of(std::int64_t period) const {
  return {period * period_ - ahead_};
}

}  // namespace gossamer::membership
