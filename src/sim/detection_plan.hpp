#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "gossamer/membership_options.hpp"
#include "gossamer/result.hpp"
#include "membership/mechanisms.hpp"
#include "sim/conditions.hpp"

namespace gossamer::sim {

/// Everything that one run of the detection study is told at its birth.
struct DetectionPlan {
  std::string scenario{};
  std::uint32_t nodes = 100;
  std::uint64_t seed = 1;
  MembershipOptions membership{};
  membership::Mechanisms mechanisms = membership::Mechanisms::chosen();
  std::string profile = "default";
  bool is_strict = true;  ///< What nodes promise must hold; else it is only measured.
  NetworkConditions network{};
  bool is_sharing = true;  ///< What is equal at all nodes is held once.

  std::uint32_t crashes = 3;      ///< One after the other.
  bool is_process_death = false;  ///< Their machines live on, and answer for them.
  std::uint32_t afflicted = 0;    ///< Nodes that are blocked, cut off one way, killed or restarted.
  Duration blocked{};             ///< For so long at a time,
  Duration running{};             ///< and then run for so long.
  bool is_in_step = true;         ///< All afflicted nodes block at the same moment.
  Duration drain{};               ///< For each packet that queued up while a process was blocked.
  Duration stall{};
  Duration lasts{};  ///< The part of the run that is measured, or the split.
  std::uint32_t restarts = 0;
  bool keeps_identity = false;  ///< Restarted nodes always have their data directory still.
  std::uint32_t replaced_per_mille =
      0;  ///< Of the nodes, in each second, by others at their addresses.
};

/// What the command line said otherwise than the scenario; negative or empty: nothing.
struct DetectionSwitches {
  std::string protocol = "gossamer";
  std::string profile = "default";
  std::vector<std::string> with{};
  std::vector<std::string> without{};
  std::int64_t afflicted = -1;
  std::int64_t blocked_ms = -1;
  std::int64_t running_ms = -1;
  std::int64_t drain_us = -1;
  std::int64_t stall_ms = -1;
  std::int64_t loss_percent = -1;
  std::int64_t regions = -1;
  std::int64_t apart_ms = -1;
  std::int64_t crashes = -1;
  std::int64_t seconds = -1;
  std::int64_t restarts = -1;
  std::int64_t replaced_per_mille = -1;
  std::int64_t suspicion_floor_ms = -1;
  std::int64_t probe_timeout_ms = -1;
  bool is_random_phase = false;
  bool has_no_stream_probes = false;
  bool is_process_death = false;
  bool keeps_identity = false;
  bool has_no_sharing = false;
};

/// The scenarios' names, in the order of the help.
const std::vector<std::string_view>& detection_scenario_names();
std::string_view detection_scenario_summary(std::string_view name);
bool is_detection_scenario(std::string_view name);

/// Errors: invalid_argument (an unknown name, of scenario, protocol, profile or mechanism; nodes
/// out of 2 to 20,000; options that no node would take).
Result<DetectionPlan> make_detection_plan(std::string_view scenario, std::uint32_t nodes,
                                          std::uint64_t seed, const DetectionSwitches& switches);

/// Everything that a node does is at work: only then must what the issue demands hold.
bool is_whole(const membership::Mechanisms& mechanisms);

}  // namespace gossamer::sim
