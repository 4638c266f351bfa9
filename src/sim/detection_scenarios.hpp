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
  bool is_joined = true;  ///< The nodes know each other at its begin; else none runs yet.
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

// detection_join.cpp
void plan_join(DetectionPlan&);
void play_join(DetectionCluster&);

// detection_partitions.cpp
void plan_one_way(DetectionPlan&);
void play_one_way(DetectionCluster&);
void plan_split(DetectionPlan&);
void play_split(DetectionCluster&);
void plan_split_72h(DetectionPlan&);
void play_split_72h(DetectionCluster&);

// detection_population.cpp
void plan_churn(DetectionPlan&);
void play_churn(DetectionCluster&);
void plan_restart_storm(DetectionPlan&);
void play_restart_storm(DetectionCluster&);
void plan_mass_death(DetectionPlan&);
void play_mass_death(DetectionCluster&);

/// A violation if a healthy member was held down, once everything that a node does is at work.
void demand_no_false_downs(DetectionCluster& cluster);

/// All of them, in the order of the help.
const std::vector<DetectionScenario>& detection_scenarios();

}  // namespace gossamer::sim
