#pragma once

#include <chrono>

#include "ports/clock.hpp"

namespace gossamer {

/// The machine's monotonic clock, counted from when this was made.
class UvClock final : public Clock {
 public:
  UvClock() : origin_(std::chrono::steady_clock::now()) {}

  Instant now() override {
    return Instant{
        std::chrono::duration_cast<Duration>(std::chrono::steady_clock::now() - origin_)};
  }

  std::uint64_t wall_ms() override {
    const auto now = std::chrono::duration_cast<std::chrono::milliseconds>(
        std::chrono::system_clock::now().time_since_epoch());
    return now.count() > 0 ? static_cast<std::uint64_t>(now.count()) : 0;
  }

 private:
  std::chrono::steady_clock::time_point origin_;
};

}  // namespace gossamer
