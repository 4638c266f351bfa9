// Scenarios of detection in which nodes come and go: churn, restarts, deaths of many at once.

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <memory>

#include "sim/detection_scenarios.hpp"

namespace gossamer::sim {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr Duration kDetectWithin = seconds{90};
constexpr std::uint64_t kDownEventsMax = 2;
/// For a leaver to have told it, before its place is taken by another.
constexpr Duration kAway = seconds{4};
// One node leaves, and another comes to its address later; until `until`.
void churn(DetectionCluster& cluster, Duration every, Instant until) {
  if (cluster.queue().now() >= until) return;
  const std::vector<HostIndex> leaver = cluster.pick_healthy(1);
  if (!leaver.empty() && cluster.running_count() * 10 > cluster.size() * 8) {
    DetectionHost& host = cluster.host(leaver.front());
    host.leave();
    cluster.queue().after(kAway, [&cluster, &host] {
      if (host.is_running()) return;
      host.lose_identity();
      host.boot(cluster.draw_seeds());
    });
  }
  cluster.queue().after(every, [&cluster, every, until] { churn(cluster, every, until); });
}

}  // namespace

void plan_churn(DetectionPlan& plan) {
  plan.crashes = 3;
  plan.replaced_per_mille = 20;
  plan.lasts = seconds{30};
}

void play_churn(DetectionCluster& cluster) {
  const DetectionPlan& plan = cluster.plan();
  const Duration every =
      Duration{seconds{1000}} / (plan.nodes * std::max(1U, plan.replaced_per_mille));
  churn(cluster, every, cluster.queue().now() + plan.crashes * kDetectWithin + minutes{10});
  for (std::uint32_t i = 0; i < plan.crashes && !cluster.is_violated(); ++i) {
    cluster.run_for(plan.lasts / plan.crashes +
                    Duration{cluster.random().between(0, 1'000'000'000)});
    cluster.figures().disagreement += cluster.observer().disagreement();
    cluster.crash_and_wait(cluster.pick_healthy(), kDetectWithin);
  }
  demand_no_false_downs(cluster);
}

void plan_restart_storm(DetectionPlan& plan) {
  plan.afflicted = std::max(1U, plan.nodes / 10);
  plan.restarts = 1000;
  plan.running = milliseconds{300};
}

// Killed, and there again at once on the same address, with or without its data directory.
void play_restart_storm(DetectionCluster& cluster) {
  const DetectionPlan& plan = cluster.plan();
  const auto restarted = cluster.pick_healthy(plan.afflicted);
  for (const HostIndex host : restarted) cluster.observer().set_afflicted(host);
  cluster.observer().take_traffic();
  for (std::uint32_t i = 0; i < plan.restarts; ++i) {
    DetectionHost& host = cluster.host(restarted[cluster.random().below(restarted.size())]);
    if (host.is_running()) host.crash();
    if (!plan.keeps_identity && cluster.random().chance(1, 2)) host.lose_identity();
    host.boot(cluster.draw_seeds());
    ++cluster.figures().restarts;
    cluster.run_for(plan.running / 2 + Duration{cluster.random().between(0, plan.running.count())});
  }
  cluster.figures().measured = cluster.observer().take_traffic();
  const std::uint64_t excess = cluster.observer().figures().live_excess_max;
  if (excess > 0 && plan.is_strict) {
    cluster.complain(fmt::format("a node held {} members live where there are {}",
                                 cluster.size() + excess, cluster.size()));
  }
  if (!cluster.run_until([&] { return cluster.observer().is_one_view(); }, minutes{2})) {
    cluster.complain("no single view two minutes after the last restart");
  }
  demand_no_false_downs(cluster);
}

void plan_mass_death(DetectionPlan& plan) {
  plan.afflicted = std::clamp(plan.nodes / 100, 2U, 10U);
}

void play_mass_death(DetectionCluster& cluster) {
  const DetectionPlan& plan = cluster.plan();
  const auto victims = cluster.pick_healthy(plan.afflicted);
  const Instant died = cluster.queue().now();
  cluster.observer().take_traffic();
  for (const HostIndex host : victims) cluster.host(host).crash();
  cluster.figures().crashes += victims.size();
  const auto is_known = [&] {
    return std::all_of(victims.begin(), victims.end(),
                       [&](HostIndex host) { return cluster.observer().holders_of(host) == 0; });
  };
  if (cluster.run_until(is_known, kDetectWithin)) {
    cluster.figures().all_down.add(cluster.observer().last_change() - died);
  } else {
    ++cluster.figures().undetected;
    cluster.complain(fmt::format("not all know of {} deaths {} s later", victims.size(),
                                 kDetectWithin / seconds{1}));
  }
  cluster.run_for(seconds{5});
  cluster.figures().measured = cluster.observer().take_traffic();
  const std::uint64_t events = cluster.observer().figures().down_events_max;
  if (events > kDownEventsMax && plan.is_strict) {
    cluster.complain(fmt::format("one observer told its user of {} deaths in {} events",
                                 victims.size(), events));
  }
  demand_no_false_downs(cluster);
}

}  // namespace gossamer::sim
