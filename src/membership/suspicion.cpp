#include "membership/suspicion.hpp"

#include <algorithm>

namespace gossamer::membership {

std::uint64_t log10_milli(std::uint64_t n) {
  n = std::min<std::uint64_t>(n, 0x7fffffff);
  if (n < 2) return 0;
  // log2 by squaring: a mantissa in [1, 2) with 31 binary places; each squaring yields one bit.
  std::uint64_t whole = 0;
  while ((n >> (whole + 1)) != 0) ++whole;
  std::uint64_t mantissa = n << (31 - whole);
  std::uint64_t log2 = whole;
  constexpr int kPlaces = 24;
  for (int place = 0; place < kPlaces; ++place) {
    mantissa = (mantissa * mantissa) >> 31;
    log2 <<= 1;
    if (mantissa >> 32 != 0) {
      mantissa >>= 1;
      log2 |= 1;
    }
  }
  // log10(2) is 0.301029996.
  constexpr std::uint64_t kHalf = std::uint64_t{1} << (kPlaces - 1);
  return (log2 * 301'029'996 / 1'000'000 + kHalf) >> kPlaces;
}

Duration suspicion_duration(Duration floor, std::size_t live_count) {
  const std::uint64_t milli = std::max<std::uint64_t>(1000, log10_milli(live_count));
  return floor * static_cast<Duration::rep>(milli) / 1000;
}

}  // namespace gossamer::membership
