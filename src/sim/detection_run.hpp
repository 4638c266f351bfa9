#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sim/detection_figures.hpp"
#include "sim/detection_plan.hpp"
#include "sim/detection_progress.hpp"

namespace gossamer::sim {

/// What became of one run of the detection study.
struct DetectionReport {
  std::vector<std::string> violations{};  ///< The first is the one that counts.
  std::uint64_t fingerprint = 0;
  Duration virtual_time{};
  DetectionFigures figures{};
};

/// Plays one scenario of detection: nodes that know each other, without services; then what the
/// scenario does to them. Equal plans give equal reports, whoever looks on. **Threads**: any; runs
/// share nothing.
DetectionReport run_detection(const DetectionPlan& plan,
                              const OnDetectionProgress& on_progress = {});

}  // namespace gossamer::sim
