#include "story.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace gossamer::demo {

double milliseconds_between(Time from, Time to) {
  return std::chrono::duration<double, std::milli>(to - from).count();
}

void Story::tell(const std::string& line) const {
  std::fprintf(
      stdout, "%s\n",
      fmt::format("[{:7.2f} s] {}", milliseconds_between(begun_, now()) / 1000, line).c_str());
  std::fflush(stdout);
}

std::string Figures::to_json() const {
  if (values_.empty()) return R"({"p50":null,"p99":null,"max":null})";
  std::vector<double> sorted = values_;
  std::sort(sorted.begin(), sorted.end());
  // The smallest value that at least this share of all does not exceed.
  const auto at = [&](double share) {
    const auto rank =
        static_cast<std::size_t>(std::ceil(share * static_cast<double>(sorted.size())));
    return sorted[std::max<std::size_t>(rank, 1) - 1];
  };
  return fmt::format(R"({{"p50":{:.0f},"p99":{:.0f},"max":{:.0f}}})", at(0.5), at(0.99),
                     sorted.back());
}

}  // namespace gossamer::demo
