// The scenario in which nodes that know nobody start and find each other, and then some crash.

#include <fmt/format.h>

#include <algorithm>

#include "sim/detection_scenarios.hpp"

namespace gossamer::sim {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

constexpr std::size_t kSeeds = 3;
constexpr Duration kJoinedWithin = minutes{5};

}  // namespace

void plan_join(DetectionPlan& plan) {
  plan.crashes = std::clamp(plan.nodes / 10, 1U, 5U);
  plan.lasts = std::max<Duration>(seconds{1}, Duration{seconds{10}} * plan.nodes / 1000);
}

void play_join(DetectionCluster& cluster) {
  const DetectionPlan& plan = cluster.plan();
  cluster.network().set_conditions(plan.network);
  std::vector<Endpoint> seeds;
  for (HostIndex i = 0; i < std::min(kSeeds, cluster.size()); ++i) {
    seeds.push_back(cluster.host(i).endpoint());
  }
  for (HostIndex i = 0; i < cluster.size(); ++i) {
    const Duration after{cluster.random().between(0, plan.lasts.count())};
    cluster.queue().after(after, [&host = cluster.host(i), seeds] { host.boot(seeds); });
  }
  cluster.begin("joining");
  cluster.run_for(plan.lasts);
  const Instant last_began = cluster.queue().now();
  if (!cluster.run_until([&] { return cluster.observer().is_one_view(); }, kJoinedWithin)) {
    return cluster.complain(
        fmt::format("not all know all {} s after the last began", kJoinedWithin / seconds{1}));
  }
  cluster.figures().joined.add(cluster.queue().now() - last_began);
  cluster.figures().joining = cluster.observer().take_traffic();
  cluster.calm_down();
  if (!cluster.is_violated()) play_detect(cluster);
}

}  // namespace gossamer::sim
