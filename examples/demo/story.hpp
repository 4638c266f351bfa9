#pragma once

#include <chrono>
#include <string>
#include <vector>

namespace gossamer::demo {

using Time = std::chrono::steady_clock::time_point;
using Milliseconds = std::chrono::milliseconds;

inline Time now() {
  return std::chrono::steady_clock::now();
}
double milliseconds_between(Time from, Time to);

/// Tells what happens, a line each, with the seconds since it began.
class Story {
 public:
  Story() : begun_(now()) {}
  void tell(const std::string& line) const;

 private:
  Time begun_;
};

/// Durations that were measured, for the last line.
class Figures {
 public:
  void add(double milliseconds) { values_.push_back(milliseconds); }
  /// `{"p50":..,"p99":..,"max":..}`, null where nothing was measured.
  std::string to_json() const;

 private:
  std::vector<double> values_;
};

}  // namespace gossamer::demo
