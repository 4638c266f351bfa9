#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace gossamer {

/// xoshiro256** with our own distributions: the standard's differ between libraries, and one seed
/// must give one story everywhere. Not for secrets. Source: Blackman and Vigna 2018.
class Random {
 public:
  explicit Random(std::uint64_t seed);

  std::uint64_t next();
  /// Uniform in [0, bound). Requires bound > 0.
  std::uint64_t below(std::uint64_t bound);
  /// Uniform in [low, high].
  std::int64_t between(std::int64_t low, std::int64_t high);
  /// True `numerator` times in `denominator`.
  bool chance(std::uint64_t numerator, std::uint64_t denominator);

  template <class T>
  void shuffle(std::vector<T>& items) {
    for (std::size_t i = items.size(); i > 1; --i) std::swap(items[i - 1], items[below(i)]);
  }
  /// A generator of its own for a part, so that parts do not disturb each other's draws.
  Random fork() { return Random{next()}; }

 private:
  std::uint64_t state_[4];
};

}  // namespace gossamer
