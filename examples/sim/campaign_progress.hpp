#pragma once

#include <chrono>
#include <cstdint>
#include <mutex>
#include <string>

#include "seed_runner.hpp"
#include "sim/detection_progress.hpp"

namespace gossamer::sim {

/// Tells on standard error how far a long campaign has come, each ten seconds: short ones say
/// nothing.
/// **Threads**: any.
class CampaignProgress {
 public:
  explicit CampaignProgress(const Seeds& seeds) : seeds_(seeds) {}

  /// How far the run of one seed has come.
  void tell(std::uint64_t seed, const DetectionProgress& progress);
  /// So many seeds are over.
  void tell(std::uint64_t seeds_run);

 private:
  bool is_due();
  void print(const std::string& line);

  const Seeds seeds_;
  const std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
  std::mutex mutex_{};
  std::chrono::steady_clock::time_point next_ = start_ + std::chrono::seconds{10};
  std::uint64_t seeds_run_ = 0;
};

}  // namespace gossamer::sim
