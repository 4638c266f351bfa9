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
  // By the clock that we began with: what is told moves ours, and must not lead it away for ever.
  const auto most_us = std::chrono::duration_cast<microseconds>(kApartMax).count();
  const auto at_start_us =
      std::chrono::duration_cast<microseconds>(now.since_origin + ahead_at_start_).count();
  const std::int64_t theirs =
      static_cast<std::int64_t>(std::min<std::uint64_t>(theirs_us, std::uint64_t{1} << 62));
  if (theirs - at_start_us > most_us || at_start_us - theirs > most_us) return;
  const microseconds apart{theirs - static_cast<std::int64_t>(reading_us(now))};
  const Duration difference = Duration{apart} + round_trip / 2;
  if (!std::exchange(has_heard_, true)) {
    ahead_ += difference;
    return;
  }
  const Duration whole = whole_periods(difference);
  ahead_ += std::max(whole, Duration{0});
  const std::int64_t period = period_at(now);
  if (std::exchange(moved_in_, period) != period) moved_ = Duration{0};
  const Duration most = period_ / kShareMovedMax;
  const Duration by = std::clamp((difference - whole) / 2, -most - moved_, most - moved_);
  moved_ += by;
  ahead_ += by;
}

// Up to three quarters of a period are none: at a half two clocks would overtake each other in
// turn.
Duration PeriodClock::whole_periods(Duration difference) const {
  return (difference < Duration{0} ? difference - period_ / 4 : difference + period_ / 4) /
         period_ * period_;
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
