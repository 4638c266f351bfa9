#pragma once

#include <array>
#include <string_view>

#include "sim/detection_cluster.hpp"

namespace gossamer::sim {

/// One thing that is done to a cluster whose nodes know each other, and what it is measured by.
struct DetectionScenario {
  std::string_view name;
  std::string_view summary;
  /// What the plan has unless the command line says otherwise.
  void (*plan)(DetectionPlan&);
  void (*play)(DetectionCluster&);
};

// detection_scenarios.cpp: crashes and stalls.
void plan_detect(DetectionPlan&);
void play_detect(DetectionCluster&);
void plan_loss(DetectionPlan&);
void play_loss(DetectionCluster&);
void plan_lifeguard(DetectionPlan&);
void play_lifeguard(DetectionCluster&);
void plan_flapping(DetectionPlan&);
void plan_stall(DetectionPlan&);
void play_stall(DetectionCluster&);

/// All of them, in the order of the help.
const std::vector<DetectionScenario>& detection_scenarios();

}  // namespace gossamer::sim
