#include "membership/round_trips.hpp"

#include <algorithm>

namespace gossamer::membership {
namespace {

using std::chrono::microseconds;

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

Duration answer_timeout(const RoundTrip& member, const SlowestAnswer& slowest, Duration floor) {
  const Duration most = std::max(floor, kAnswerTimeMax);
  if (!member.is_known() && slowest.taken == Duration{0}) return most;
  const Duration expected =
      member.is_known()
          ? microseconds{std::int64_t{member.smoothed_us} + 4 * std::int64_t{member.variation_us}}
          : slowest.taken * 5 / 4;
  return std::clamp(expected, floor, most);
}

}  // namespace gossamer::membership
