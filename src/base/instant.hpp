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

/// An Instant, or none yet, in the room of an Instant. For tables with many rows.
class Moment {
 public:
  Moment() = default;
  Moment(Instant at) : at_(at) {}  // NOLINT: as an optional is made

  bool has_value() const { return at_ != kNone; }
  explicit operator bool() const { return has_value(); }
  /// Requires: has_value().
  const Instant& operator*() const { return at_; }
  void reset() { at_ = kNone; }
  friend bool operator==(const Moment&, const Moment&) = default;

 private:
  static constexpr Instant kNone{Duration::min()};
  Instant at_ = kNone;
};

}  // namespace gossamer
