// Scenarios of detection in which the network is at fault: links that work one way, and splits.

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "sim/detection_scenarios.hpp"

namespace gossamer::sim {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr std::uint64_t kChangesMax = 2;
constexpr Duration kKnownWithin = seconds{120};
constexpr Duration kHealedWithin = seconds{60};
/// After a heal, when it is only measured.
constexpr Duration kHealedAtLast = minutes{10};
/// What those on two sides said of each other has its consequences within that.
constexpr Duration kAftermath = seconds{30};

void split(DetectionCluster& cluster) {
  std::vector<HostIndex> order;
  for (HostIndex host = 0; host < cluster.size(); ++host) order.push_back(host);
  cluster.random().shuffle(order);
  std::vector<bool> sides(cluster.size());
  for (std::size_t i = 0; i < cluster.plan().afflicted; ++i) sides[order[i]] = true;
  cluster.observer().begin_split(sides);
  cluster.network().split(std::move(sides));
}

void await_known(DetectionCluster& cluster) {
  DetectionObserver& observer = cluster.observer();
  const Instant begun = cluster.queue().now();
  observer.take_traffic();
  if (cluster.run_until([&] { return observer.pairs_unaware() == 0; }, kKnownWithin)) {
    cluster.figures().split_known.add(observer.last_change() - begun);
    cluster.figures().measured.add(observer.take_traffic());
    return;
  }
  ++cluster.figures().undetected;
  cluster.complain(fmt::format("{} pairs on two sides hold each other live {} s after a split",
                               observer.pairs_unaware(), kKnownWithin / seconds{1}));
}

void heal(DetectionCluster& cluster, Duration within) {
  DetectionObserver& observer = cluster.observer();
  cluster.network().split({});
  const Instant begun = cluster.queue().now();
  if (cluster.run_until([&] { return observer.is_one_view(); }, within)) {
    cluster.figures().healed.add(observer.last_change() - begun);
  } else {
    cluster.complain(
        fmt::format("no single view {} s after a split has healed", within / seconds{1}));
  }
  observer.end_split();
}

}  // namespace

void plan_one_way(DetectionPlan& plan) {
  plan.afflicted = std::max(1U, plan.nodes / 100);
  plan.lasts = minutes{10};
  // Of fewer, one who hears nobody may believe that all are dead: nothing is demanded.
  constexpr std::uint32_t kHeedsIsolationMin = 8;
  plan.is_strict = plan.is_strict && plan.nodes >= kHeedsIsolationMin;
}

// Mute and deaf by turns.
void play_one_way(DetectionCluster& cluster) {
  const DetectionPlan& plan = cluster.plan();
  bool is_mute = cluster.random().chance(1, 2);
  for (const HostIndex host : cluster.pick_healthy(plan.afflicted)) {
    cluster.observer().set_afflicted(host);
    if (is_mute) {
      cluster.network().set_mute(host, true);
    } else {
      cluster.network().set_deaf(host, true);
    }
    is_mute = !is_mute;
  }
  cluster.observer().take_traffic();
  cluster.run_for(plan.lasts);
  cluster.figures().measured = cluster.observer().take_traffic();
  // Not by the faulty themselves either.
  demand_no_false_downs(cluster);
  const DetectionFigures figures = cluster.observer().figures();
  if (figures.state_changes_max <= kChangesMax || !plan.is_strict) return;
  cluster.complain(fmt::format("one observer changed its mind {} times about one faulty node",
                               figures.state_changes_max));
}

void plan_split(DetectionPlan& plan) {
  plan.afflicted = plan.nodes / 2;
  plan.lasts = seconds{60};
}

void play_split(DetectionCluster& cluster) {
  split(cluster);
  const Instant begun = cluster.queue().now();
  // A few who hear nobody may well hold that it is they who are cut off.
  const bool are_halves = cluster.plan().afflicted >= cluster.size() / 2;
  if (are_halves) await_known(cluster);
  if (cluster.is_violated()) return;
  cluster.run_for(std::max(Duration{0}, cluster.plan().lasts - (cluster.queue().now() - begun)));
  heal(cluster, kHealedAtLast);
  cluster.run_for(kAftermath);
  demand_no_false_downs(cluster);
}

void plan_split_72h(DetectionPlan& plan) {
  plan.afflicted = plan.nodes / 2;
  plan.lasts = hours{72};
}

// Long after all have forgotten those on the other side.
void play_split_72h(DetectionCluster& cluster) {
  split(cluster);
  const Instant begun = cluster.queue().now();
  await_known(cluster);
  if (cluster.is_violated()) return;
  cluster.run_for(std::max(Duration{0}, cluster.plan().lasts - (cluster.queue().now() - begun)));
  heal(cluster, kHealedWithin);
}

}  // namespace gossamer::sim
