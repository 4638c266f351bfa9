#include "figures.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <fstream>

namespace gossamer::bench {
namespace {

double quantile(const std::vector<double>& sorted, double q) {
  const auto rank = static_cast<std::size_t>(std::ceil(q * static_cast<double>(sorted.size())));
  return sorted[std::max<std::size_t>(rank, 1) - 1];
}

double seconds(const timeval& time) {
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
}

double rounded(double value) {
  return std::round(value * 1000) / 1000;
}

}  // namespace

nlohmann::json Samples::to_json() const {
  if (values_.empty()) return nullptr;
  std::vector<double> sorted = values_;
  std::sort(sorted.begin(), sorted.end());
  return {{"min", rounded(sorted.front())},
          {"p50", rounded(quantile(sorted, 0.5))},
          {"p99", rounded(quantile(sorted, 0.99))},
          {"max", rounded(sorted.back())}};
}

Usage usage_now() {
  rusage used{};
  getrusage(RUSAGE_SELF, &used);
  std::ifstream statm{"/proc/self/statm"};
  long size_pages = 0;
  long resident_pages = 0;
  statm >> size_pages >> resident_pages;
  const double page_kib = static_cast<double>(sysconf(_SC_PAGESIZE)) / 1024;
  return {seconds(used.ru_utime) + seconds(used.ru_stime),
          static_cast<double>(resident_pages) * page_kib};
}

}  // namespace gossamer::bench
