#pragma once

#include "base/instant.hpp"

namespace gossamer {

/// The driver's only source of time, read once in each turn. Never goes back.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual Instant now() = 0;
  /// Milliseconds since 1970, as this machine believes: for what other machines compare, nothing
  /// else.
  virtual std::uint64_t wall_ms() = 0;
};

}  // namespace gossamer
