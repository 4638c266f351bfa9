#pragma once

#include <memory>
#include <vector>

#include "sim/detection_host.hpp"

namespace gossamer::sim {

/// Boots them within a second or so, and has each know all others from then on, as if they had
/// compared their states with one another. A real join of n nodes costs n x n comparisons; what is
/// to be studied comes later. Runs the queue.
void start_joined(const std::vector<std::unique_ptr<DetectionHost>>& hosts, EventQueue& queue,
                  Random& random);

}  // namespace gossamer::sim
