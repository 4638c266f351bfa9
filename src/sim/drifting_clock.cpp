#include "sim/drifting_clock.hpp"

namespace gossamer::sim {

std::uint64_t true_wall_ms(const EventQueue& queue) {
  constexpr Duration kToday = std::chrono::hours{24 * 365 * 50};
  return static_cast<std::uint64_t>((kToday + queue.now().since_origin) /
                                    std::chrono::milliseconds{1});
}

Instant DriftingClock::now() {
  const std::int64_t elapsed = (queue_.now() - booted_).count();
  return Instant{origin_ + Duration{elapsed + elapsed / 1000 * drift_ppm_ / 1000}};
}

std::uint64_t DriftingClock::wall_ms() {
  return true_wall_ms(queue_) +
         static_cast<std::uint64_t>(wall_error_ / std::chrono::milliseconds{1});
}

Instant DriftingClock::when(Instant local) const {
  const std::int64_t shown = (local.since_origin - origin_).count();
  return booted_ + Duration{shown - shown / 1000 * drift_ppm_ / 1000};
}

}  // namespace gossamer::sim
