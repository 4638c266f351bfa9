#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "settings.hpp"

namespace gossamer::bench {

/// Tells on standard error how far a long run has come, ten times in all.
class Progress {
 public:
  Progress(std::string what, std::size_t all) : what_(std::move(what)), all_(all) {}

  void tell(std::size_t done, std::uint64_t false_deaths);

 private:
  std::string what_;
  std::size_t all_;
  std::size_t tenths_told_ = 0;
  SteadyTime start_ = std::chrono::steady_clock::now();
};

}  // namespace gossamer::bench
