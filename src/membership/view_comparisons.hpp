#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "base/instant.hpp"

namespace gossamer::membership {

/// When to compare with a member that tells of another view than ours. Two views may differ for as
/// long as news takes, so not before nobody has told of ours for that long, and no sooner again.
/// Where comparing changes nothing (one of two has no room for more members, say), ever more
/// seldom.
class ViewComparisons {
 public:
  /// `gap_max`: between two that change nothing, in the end.
  explicit ViewComparisons(Duration gap_max) : gap_max_(std::max(gap_max, kNewsTime)) {}

  void start(Instant now) { agreed_at_ = now; }
  void on_agreement(Instant now) {
    agreed_at_ = now;
    fruitless_ = 0;
  }
  /// Another view was told of, and ours is `digest`. True: compare.
  bool on_disagreement(Instant now, std::uint64_t digest) {
    if (now - agreed_at_ < kNewsTime) return false;
    if (digest != compared_digest_) fruitless_ = 0;
    if (compared_at_ && now - *compared_at_ < gap()) return false;
    if (gap() < gap_max_) ++fruitless_;
    compared_at_ = now;
    compared_digest_ = digest;
    return true;
  }

 private:
  static constexpr Duration kNewsTime = std::chrono::milliseconds{700};
  static constexpr std::size_t kFruitlessMax = 8;

  Duration gap() const {
    const std::size_t doublings = std::max(fruitless_, kFruitlessMax) - kFruitlessMax;
    return std::min(kNewsTime * (std::int64_t{1} << doublings), gap_max_);
  }

  Duration gap_max_;
  Instant agreed_at_{};  ///< When another last told of the view that we have.
  std::optional<Instant> compared_at_{};
  std::uint64_t compared_digest_ = 0;  ///< Of our view then.
  std::size_t fruitless_ = 0;          ///< In a row, with the view the same before each.
};

}  // namespace gossamer::membership
