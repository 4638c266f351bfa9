#pragma once

#include <functional>
#include <string>

#include "base/instant.hpp"

namespace gossamer::sim {

/// How far a run of the detection study has come.
struct DetectionProgress {
  std::string part{};       ///< "joining", "crash 3 of 10", ...
  Duration virtual_time{};  ///< Since its beginning.
};

/// Called every few hundred events, so that it may look at a clock each time.
using OnDetectionProgress = std::function<void(const DetectionProgress&)>;

}  // namespace gossamer::sim
