#include "sim/detection_plan.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <tuple>

#include "sim/detection_scenarios.hpp"

namespace gossamer::sim {
namespace {

using membership::Mechanism;
using membership::Mechanisms;
using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr std::uint32_t kNodesMax = 20'000;

const DetectionScenario* find_scenario(std::string_view name) {
  for (const DetectionScenario& scenario : detection_scenarios()) {
    if (scenario.name == name) return &scenario;
  }
  return nullptr;
}

Result<Mechanisms> choose_mechanisms(const DetectionSwitches& switches) {
  Mechanisms chosen = Mechanisms::chosen();
  if (switches.protocol == "swim") {
    chosen = Mechanisms::swim();
  } else if (switches.protocol == "lifeguard") {
    chosen = Mechanisms::lifeguard();
  } else if (switches.protocol != "gossamer") {
    return fail(ErrorCode::invalid_argument,
                fmt::format("unknown protocol '{}'; known are swim, lifeguard, gossamer",
                            switches.protocol));
  }
  for (const auto* names : {&switches.with, &switches.without}) {
    for (const std::string& name : *names) {
      const auto mechanism = membership::mechanism_of(name);
      if (!mechanism) {
        return fail(ErrorCode::invalid_argument,
                    fmt::format("unknown mechanism '{}'; known are {}", name,
                                fmt::join(membership::kMechanismNames, ", ")));
      }
      chosen = names == &switches.with ? chosen.with(*mechanism) : chosen.without(*mechanism);
    }
  }
  return chosen;
}

Result<MembershipOptions> choose_options(const DetectionSwitches& switches) {
  MembershipOptions options;
  if (switches.profile == "fast") {
    options = MembershipOptions::fast();
  } else if (switches.profile == "calm") {
    options = MembershipOptions::calm();
  } else if (switches.profile != "default") {
    return fail(
        ErrorCode::invalid_argument,
        fmt::format("unknown profile '{}'; known are fast, default, calm", switches.profile));
  }
  if (switches.suspicion_floor_ms >= 0)
    options.suspicion_floor = milliseconds{switches.suspicion_floor_ms};
  if (switches.probe_timeout_ms >= 0)
    options.probe_timeout = milliseconds{switches.probe_timeout_ms};
  if (const auto valid = options.validate(); !valid) return tl::unexpected(valid.error());
  return options;
}

// Values that are not negative; the command line has seen to their upper ends.
void apply(const DetectionSwitches& switches, DetectionPlan& plan) {
  const auto count = [](std::int64_t value, std::uint32_t& into) {
    if (value >= 0) into = static_cast<std::uint32_t>(value);
  };
  count(switches.afflicted, plan.afflicted);
  count(switches.crashes, plan.crashes);
  count(switches.restarts, plan.restarts);
  count(switches.replaced_per_mille, plan.replaced_per_mille);
  if (switches.loss_percent >= 0) {
    plan.network.lost = static_cast<std::uint32_t>(switches.loss_percent) * 10;
  }
  if (switches.regions > 0) plan.network.regions = static_cast<std::uint32_t>(switches.regions);
  if (switches.apart_ms >= 0) plan.network.apart = milliseconds{switches.apart_ms};
  if (switches.blocked_ms >= 0) plan.blocked = milliseconds{switches.blocked_ms};
  if (switches.running_ms >= 0) plan.running = milliseconds{switches.running_ms};
  if (switches.drain_us >= 0) plan.drain = microseconds{switches.drain_us};
  if (switches.stall_ms >= 0) plan.stall = milliseconds{switches.stall_ms};
  if (switches.seconds >= 0) plan.lasts = seconds{switches.seconds};
  if (switches.is_random_phase) plan.is_in_step = false;
  if (switches.is_process_death) plan.is_process_death = true;
  if (switches.has_no_stream_probes) plan.membership.stream_probes = false;
  if (switches.keeps_identity) plan.keeps_identity = true;
  if (switches.has_no_sharing) plan.is_sharing = false;
}

// A scenario heeds what its own plan says something of. Who is told nothing would take the figures
// for those that were asked for.
Result<void> check_heeded(const DetectionSwitches& switches, const DetectionPlan& plan) {
  const auto check = [&](std::string_view flag, bool is_given, bool is_heeded) -> Result<void> {
    if (!is_given || is_heeded) return {};
    return fail(ErrorCode::invalid_argument,
                fmt::format("{} does nothing in the scenario {}", flag, plan.scenario));
  };
  for (const auto& [flag, is_given, is_heeded] :
       {std::tuple{"--blocked", switches.afflicted >= 0, plan.afflicted > 0},
        std::tuple{"--blocked-ms", switches.blocked_ms >= 0, plan.blocked > Duration{0}},
        std::tuple{"--running-ms", switches.running_ms >= 0, plan.running > Duration{0}},
        std::tuple{"--stall-ms", switches.stall_ms >= 0, plan.stall > Duration{0}},
        std::tuple{"--drain-us", switches.drain_us >= 0, plan.drain > Duration{0}},
        std::tuple{"--seconds", switches.seconds >= 0, plan.lasts > Duration{0}},
        std::tuple{"--regions", switches.regions >= 0, switches.apart_ms > 0},
        std::tuple{"--apart-ms", switches.apart_ms >= 0, switches.regions > 1},
        std::tuple{"--restarts", switches.restarts >= 0, plan.restarts > 0},
        std::tuple{"--replaced-per-mille", switches.replaced_per_mille >= 0,
                   plan.replaced_per_mille > 0}}) {
    if (const Result<void> heeded = check(flag, is_given, is_heeded); !heeded) return heeded;
  }
  return {};
}

}  // namespace

const std::vector<std::string_view>& detection_scenario_names() {
  static const std::vector<std::string_view> names = [] {
    std::vector<std::string_view> all;
    for (const DetectionScenario& scenario : detection_scenarios()) all.push_back(scenario.name);
    return all;
  }();
  return names;
}

std::string_view detection_scenario_summary(std::string_view name) {
  const DetectionScenario* scenario = find_scenario(name);
  return scenario == nullptr ? std::string_view{} : scenario->summary;
}

bool is_detection_scenario(std::string_view name) {
  return find_scenario(name) != nullptr;
}

bool is_whole(const Mechanisms& mechanisms) {
  for (std::size_t i = 0; i < membership::kMechanismNames.size(); ++i) {
    const auto mechanism = static_cast<Mechanism>(i);
    if (Mechanisms::chosen().has(mechanism) != mechanisms.has(mechanism)) return false;
  }
  return true;
}

Result<DetectionPlan> make_detection_plan(std::string_view name, std::uint32_t nodes,
                                          std::uint64_t seed, const DetectionSwitches& switches) {
  const DetectionScenario* scenario = find_scenario(name);
  if (scenario == nullptr) {
    return fail(ErrorCode::invalid_argument,
                fmt::format("unknown scenario '{}'; known are {}", name,
                            fmt::join(detection_scenario_names(), ", ")));
  }
  if (nodes < 2 || nodes > kNodesMax) {
    return fail(ErrorCode::invalid_argument,
                fmt::format("nodes is {}; it must be 2 to {}", nodes, kNodesMax));
  }
  const Result<Mechanisms> mechanisms = choose_mechanisms(switches);
  if (!mechanisms) return tl::unexpected(mechanisms.error());
  const Result<MembershipOptions> options = choose_options(switches);
  if (!options) return tl::unexpected(options.error());

  DetectionPlan plan;
  plan.scenario = std::string{name};
  plan.nodes = nodes;
  plan.seed = seed;
  plan.membership = *options;
  plan.membership.members_max = std::max<std::size_t>(plan.membership.members_max, 2 * nodes);
  plan.mechanisms = *mechanisms;
  plan.is_strict = is_whole(*mechanisms);
  plan.profile = switches.profile;
  scenario->plan(plan);
  if (const Result<void> heeded = check_heeded(switches, plan); !heeded)
    return tl::unexpected(heeded.error());
  apply(switches, plan);
  plan.afflicted = std::min(plan.afflicted, nodes - 1);
  return plan;
}

}  // namespace gossamer::sim
