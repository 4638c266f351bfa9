#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <vector>

namespace gossamer::bench {

/// Samples of one quantity, as `{"min":..,"p50":..,"p99":..,"max":..}`. Null without a sample.
class Samples {
 public:
  void add(double value) { values_.push_back(value); }
  bool is_empty() const { return values_.empty(); }
  std::size_t size() const { return values_.size(); }
  nlohmann::json to_json() const;

 private:
  std::vector<double> values_;
};

/// What this process has used so far.
struct Usage {
  double cpu_s = 0;    ///< User and system time.
  double rss_kib = 0;  ///< Resident now.
};
Usage usage_now();

}  // namespace gossamer::bench
