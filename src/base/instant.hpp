#pragma once

#include <chrono>
#include <compare>

namespace gossamer {

using Duration = std::chrono::nanoseconds;

/// Time since an origin that the driver's shell chose. Never read from a clock below the adapters.
struct Instant {
  Duration since_origin{0};

  friend auto operator<=>(const Instant&, const Instant&) = default;
  friend Instant operator+(Instant at, Duration by) { return {at.since_origin + by}; }
  friend Instant operator-(Instant at, Duration by) { return {at.since_origin - by}; }
  friend Duration operator-(Instant a, Instant b) { return a.since_origin - b.since_origin; }
};

}  // namespace gossamer
