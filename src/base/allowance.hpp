#pragma once

#include <cstddef>
#include <optional>

#include "base/instant.hpp"

namespace gossamer {

/// So many of something in each window: what others can make this node send is bounded by it.
class Allowance {
 public:
  Allowance(std::size_t most, Duration window) : most_(most), window_(window) {}

  /// False: not in this window any more.
  bool take(Instant now) {
    if (!began_ || now - *began_ >= window_) {
      began_ = now;
      taken_ = 0;
    }
    if (taken_ == most_) return false;
    ++taken_;
    return true;
  }

 private:
  std::size_t most_;
  Duration window_;
  std::optional<Instant> began_{};
  std::size_t taken_ = 0;
};

}  // namespace gossamer
