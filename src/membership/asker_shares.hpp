#pragma once

#include <cstddef>
#include <map>
#include <optional>

#include "base/instant.hpp"
#include "gossamer/ids.hpp"

namespace gossamer::membership {

/// What others may have this node do costs it something: so many times in each window for each of
/// them, so that who asks all the time takes nothing from who asks seldom. Holds who has asked in
/// this window, so give it members only.
class AskerShares {
 public:
  AskerShares(std::size_t most_of_one, Duration window)
      : most_of_one_(most_of_one), window_(window) {}

  /// False: not for this one in this window any more.
  bool take(Instant now, const NodeId& asker) {
    if (!began_ || now - *began_ >= window_) {
      began_ = now;
      taken_.clear();
    }
    std::size_t& taken = taken_[asker];
    if (taken == most_of_one_) return false;
    ++taken;
    return true;
  }
  std::size_t size() const { return taken_.size(); }

 private:
  std::size_t most_of_one_;
  Duration window_;
  std::optional<Instant> began_{};
  std::map<NodeId, std::size_t> taken_{};
};

}  // namespace gossamer::membership
