#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "base/instant.hpp"

namespace gossamer::gossip {

/// So many bytes a second, and a burst of a fifth of that. Beyond it whoever spends has to do with
/// less, or without.
class ByteBudget {
 public:
  explicit ByteBudget(std::size_t bytes_per_second)
      : per_second_(static_cast<std::int64_t>(bytes_per_second)), left_(burst()) {}

  bool is_spent(Instant now) {
    refill(now);
    return left_ <= 0;
  }
  void spend(Instant now, std::size_t bytes) {
    refill(now);
    // What is owed is bounded: after a rush all is as before within half a second.
    left_ = std::max(left_ - static_cast<std::int64_t>(bytes), -burst());
  }

 private:
  std::int64_t burst() const { return per_second_ / 5; }
  void refill(Instant now) {
    const std::int64_t us =
        std::chrono::duration_cast<std::chrono::microseconds>(now - since_).count();
    if (us <= 0) return;
    const std::int64_t earned = std::min<std::int64_t>(us, 1'000'000) * per_second_ / 1'000'000;
    if (earned == 0) return;
    left_ = std::min(left_ + earned, burst());
    since_ = now;
  }

  std::int64_t per_second_;
  std::int64_t left_;
  Instant since_{};
};

}  // namespace gossamer::gossip
