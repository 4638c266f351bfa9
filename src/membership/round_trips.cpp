#include "membership/round_trips.hpp"

#include <algorithm>

namespace gossamer::membership {
namespace {

using std::chrono::microseconds;

constexpr Duration kTimeoutMax = std::chrono::milliseconds{500};
constexpr std::int64_t kMeasuredMaxUs = 10'000'000;

}  // namespace

void RoundTrip::note(Duration measured) {
  const std::int64_t us = std::clamp<std::int64_t>(
      std::chrono::duration_cast<microseconds>(measured).count(), 1, kMeasuredMaxUs);
  if (!is_known()) {
    smoothed_us = static_cast<std::uint32_t>(us);
    variation_us = static_cast<std::uint32_t>(us / 2);
    return;
  }
  const std::int64_t smoothed = smoothed_us;
  const std::int64_t off = us > smoothed ? us - smoothed : smoothed - us;
  variation_us = static_cast<std::uint32_t>((3 * std::int64_t{variation_us} + off) / 4);
  smoothed_us = static_cast<std::uint32_t>(std::max<std::int64_t>(1, (7 * smoothed + us) / 8));
}

std::optional<Duration> RoundTrip::smoothed() const {
  if (!is_known()) return std::nullopt;
  return microseconds{smoothed_us};
}

Duration answer_timeout(const RoundTrip& member, const RoundTrip& anybody, Duration floor) {
  const Duration most = std::max(floor, kTimeoutMax);
  const RoundTrip& known = member.is_known() ? member : anybody;
  if (!known.is_known()) return most;
  const Duration expected =
      microseconds{std::int64_t{known.smoothed_us} + 4 * std::int64_t{known.variation_us}};
  return std::clamp(expected, floor, most);
}

}  // namespace gossamer::membership
