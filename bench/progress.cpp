#include "progress.hpp"

#include <algorithm>
#include <cstdio>

namespace gossamer::bench {

void Progress::tell(std::size_t done, std::uint64_t false_deaths) {
  const std::size_t tenths = std::min<std::size_t>(10, 10 * done / all_);
  if (tenths <= tenths_told_) return;
  tenths_told_ = tenths;
  std::fprintf(stderr, "%s: %zu of %zu after %.0f s, %llu false deaths\n", what_.c_str(), done,
               all_, milliseconds_since(start_, std::chrono::steady_clock::now()) / 1000,
               static_cast<unsigned long long>(false_deaths));
}

}  // namespace gossamer::bench
