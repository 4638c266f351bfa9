#include "sim/detection_scenarios.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace gossamer::sim {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::seconds;

/// Nobody takes that long; plain SWIM with 1,000 nodes takes 20 s.
constexpr Duration kDetectWithin = seconds{90};

// The stall that a healthy node is to survive, by the issue.
Duration tolerated_stall(const DetectionPlan& plan) {
  if (plan.profile == "fast") return milliseconds{500};
  return plan.profile == "calm" ? milliseconds{4500} : milliseconds{1500};
}

}  // namespace

void demand_no_false_downs(DetectionCluster& cluster) {
  const DetectionFigures figures = cluster.observer().figures();
  if (figures.false_downs == 0 || !cluster.plan().is_strict) return;
  cluster.complain(fmt::format("{} false downs of healthy members; the last: {}",
                               figures.false_downs, cluster.observer().last_false_down()));
}

void plan_detect(DetectionPlan& plan) {
  plan.crashes = std::clamp(plan.nodes / 10, 1U, 5U);
}

void play_detect(DetectionCluster& cluster) {
  for (std::uint32_t i = 0; i < cluster.plan().crashes && !cluster.is_violated(); ++i) {
    cluster.run_for(Duration{cluster.random().between(0, 1'000'000'000)});
    const HostIndex host = cluster.pick_healthy();
    cluster.figures().disagreement += cluster.observer().disagreement();
    cluster.crash_and_wait(host, kDetectWithin);
  }
  demand_no_false_downs(cluster);
}

void plan_loss(DetectionPlan& plan) {
  plan.network.lost = 250;
  plan.membership.stream_probes = false;
  plan.lasts = seconds{60};
}

void play_loss(DetectionCluster& cluster) {
  cluster.observer().take_traffic();
  cluster.run_for(cluster.plan().lasts);
  cluster.figures().measured = cluster.observer().take_traffic();
  demand_no_false_downs(cluster);
}

void plan_lifeguard(DetectionPlan& plan) {
  plan.afflicted = std::max(1U, plan.nodes / 8);
  plan.blocked = seconds{12};
  plan.running = milliseconds{100};
  plan.drain = microseconds{1500};
  plan.lasts = seconds{60};
}

void plan_flapping(DetectionPlan& plan) {
  plan.afflicted = std::max(1U, plan.nodes / 4);
  plan.blocked = seconds{3};
  plan.running = milliseconds{300};
  plan.drain = microseconds{1500};
  plan.lasts = seconds{60};
}

// And halfway one of the healthy dies for good.
void play_lifeguard(DetectionCluster& cluster) {
  const DetectionPlan& plan = cluster.plan();
  std::vector<HostIndex> blocked = cluster.pick_healthy(plan.afflicted + std::size_t{1});
  const HostIndex victim = blocked.back();
  blocked.pop_back();
  cluster.observer().take_traffic();
  cluster.block_in_turn(blocked, plan.lasts);
  cluster.run_for(plan.lasts / 2 + Duration{cluster.random().between(0, 1'000'000'000)});
  cluster.figures().measured = cluster.observer().take_traffic();
  if (plan.crashes > 0) {
    const Instant died = cluster.queue().now();
    cluster.crash_and_wait(victim, kDetectWithin);
    cluster.run_for(std::max(Duration{0}, plan.lasts / 2 - (cluster.queue().now() - died)));
  } else {
    cluster.run_for(plan.lasts / 2);
  }
  cluster.run_for(plan.blocked + plan.running);
  demand_no_false_downs(cluster);
}

void plan_stall(DetectionPlan& plan) {
  plan.stall = tolerated_stall(plan);
  plan.crashes = 5;
  plan.drain = microseconds{1500};
}

// One after the other, each of another node.
void play_stall(DetectionCluster& cluster) {
  const DetectionPlan& plan = cluster.plan();
  for (const HostIndex host : cluster.pick_healthy(plan.crashes)) {
    cluster.run_for(Duration{cluster.random().between(0, 1'000'000'000)});
    cluster.observer().set_afflicted(host);
    cluster.host(host).stop();
    cluster.run_for(plan.stall);
    cluster.host(host).resume();
    cluster.run_for(std::max<Duration>(seconds{10}, plan.stall));
    ++cluster.figures().stalls;
    if (cluster.observer().false_downs_of(host) == 0) continue;
    ++cluster.figures().stalls_down;
    if (plan.stall > tolerated_stall(plan) || !plan.is_strict) continue;
    cluster.complain(fmt::format("n{} was held down after a stall of {} ms", host,
                                 plan.stall / milliseconds{1}));
  }
  demand_no_false_downs(cluster);
}

const std::vector<DetectionScenario>& detection_scenarios() {
  static const std::vector<DetectionScenario> all{
      {"detect", "nodes crash one by one; how long until all know", plan_detect, play_detect},
      {"loss", "packets get lost; who is held down though it runs", plan_loss, play_loss},
      {"lifeguard", "some nodes are blocked and run in turn; whom that costs its life",
       plan_lifeguard, play_lifeguard},
      {"flapping", "the same, too fast to settle", plan_flapping, play_lifeguard},
      {"stall", "healthy nodes stall once each", plan_stall, play_stall},
      {"one_way", "some nodes are mute or deaf for long; how often others change their mind",
       plan_one_way, play_one_way},
      {"churn", "nodes leave and join all the time, and some crash", plan_churn, play_churn},
      {"restart_storm", "nodes are killed and there again at once, on the same address",
       plan_restart_storm, play_restart_storm},
      {"mass_death", "many die at once", plan_mass_death, play_mass_death},
      {"join", "nodes that know nobody start; how long until all know all, and then as detect",
       plan_join, play_join, false},
      {"split", "the network splits into halves, and heals", plan_split, play_split},
      {"split_72h", "the same for three days", plan_split_72h, play_split_72h},
  };
  return all;
}

}  // namespace gossamer::sim
