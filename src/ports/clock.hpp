#pragma once

#include "base/instant.hpp"

namespace gossamer {

/// The driver's only source of time, read once in each turn. Never goes back.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual Instant now() = 0;
};

}  // namespace gossamer
