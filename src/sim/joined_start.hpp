#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "sim/detection_host.hpp"

namespace gossamer::sim {

/// Boots them within a second or so, and has each know all others from then on, as if they had
/// compared their states with one another. A real join of n nodes costs n x n comparisons; what is
/// to be studied comes later. `run_for` runs the queue for so long.
void start_joined(const std::vector<std::unique_ptr<DetectionHost>>& hosts, EventQueue& queue,
                  Random& random, const std::function<void(Duration)>& run_for);

}  // namespace gossamer::sim
