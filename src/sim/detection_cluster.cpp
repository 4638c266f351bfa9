#include "sim/detection_cluster.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "sim/joined_start.hpp"

namespace gossamer::sim {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr Duration kLookInterval = milliseconds{50};
/// Until rumours of the start have ended and periods have found together.
constexpr Duration kCalmAfter = seconds{15};
constexpr Duration kSteadyFor = seconds{10};
/// For the last rumours of a death.
constexpr Duration kEchoes = seconds{5};
constexpr std::size_t kSeedsMax = 30;
constexpr std::uint64_t kEventsBetweenProgress = 256;

}  // namespace

DetectionCluster::DetectionCluster(const DetectionPlan& plan, OnDetectionProgress on_progress)
    : plan_(plan),
      random_(plan.seed ^ 0xde7ec7U),
      observer_(queue_, plan.nodes),
      network_(queue_, random_.next(), observer_),
      world_{queue_, network_, observer_, plan_, plan_.is_sharing ? &values_ : nullptr},
      on_progress_(std::move(on_progress)) {
  for (HostIndex i = 0; i < plan_.nodes; ++i) {
    hosts_.push_back(std::make_unique<DetectionHost>(i, world_, random_.next()));
  }
}

void DetectionCluster::start() {
  NetworkConditions kind = plan_.network;
  kind.lost = 0;
  network_.set_conditions(kind);
  start_joined(hosts_, queue_, random_, [this](Duration duration) { run_for(duration); });
  calm_down();
}

void DetectionCluster::calm_down() {
  begin("calming down");
  run_for(kCalmAfter);
  if (!observer_.is_one_view()) complain("the nodes do not know each other at the start");
  network_.set_conditions(plan_.network);
  observer_.begin_counting();
  observer_.take_traffic();
  begin("measuring the calm");
  run_for(kSteadyFor);
  figures_.steady = observer_.take_traffic();
  begin(plan_.scenario);
}

void DetectionCluster::run_for(Duration duration) {
  const Instant until = queue_.now() + duration;
  while (queue_.run_next(until)) {
    const bool is_told = on_progress_ && queue_.events_run() % kEventsBetweenProgress == 0;
    if (is_told) on_progress_({part_, queue_.now().since_origin});
  }
}

bool DetectionCluster::run_until(const std::function<bool()>& is_met, Duration limit) {
  const Instant until = queue_.now() + limit;
  while (!is_met()) {
    if (queue_.now() >= until) return false;
    run_for(kLookInterval);
  }
  return true;
}

void DetectionCluster::crash_and_wait(HostIndex host, Duration limit) {
  const Instant died = queue_.now();
  observer_.take_traffic();
  const auto running = static_cast<double>(running_count() - 1);
  hosts_[host]->crash();
  ++figures_.crashes;
  begin(fmt::format("crash {} of {}", figures_.crashes, plan_.crashes));
  if (run_until([&] { return observer_.holders_of(host) == 0; }, limit)) {
    figures_.all_down.add(observer_.last_change() - died);
  } else {
    ++figures_.undetected;
    complain(fmt::format("n{} crashed, and {} nodes hold it live {} s later", host,
                         observer_.holders_of(host), limit / seconds{1}));
  }
  run_for(kEchoes);
  const Traffic traffic = observer_.take_traffic();
  figures_.burst_packets += (static_cast<double>(traffic.datagrams) -
                             figures_.steady.packets_per_node_second() * traffic.node_seconds) /
                            running;
  figures_.measured.add(traffic);
}

HostIndex DetectionCluster::pick_healthy() {
  return pick_healthy(1).front();
}

std::vector<HostIndex> DetectionCluster::pick_healthy(std::size_t count) {
  std::vector<HostIndex> able;
  for (const auto& host : hosts_) {
    if (host->is_running() && !host->is_leaving() && !observer_.is_afflicted(host->index())) {
      able.push_back(host->index());
    }
  }
  random_.shuffle(able);
  able.resize(std::min(able.size(), count));
  return able;
}

void DetectionCluster::block(HostIndex host, Instant until) {
  if (queue_.now() >= until) return;
  hosts_[host]->stop();
  queue_.after(plan_.blocked, [this, host, until] {
    hosts_[host]->resume();
    queue_.after(plan_.running, [this, host, until] { block(host, until); });
  });
}

void DetectionCluster::block_in_turn(const std::vector<HostIndex>& hosts, Duration lasts) {
  const Instant until = queue_.now() + lasts;
  const Duration round = plan_.blocked + plan_.running;
  for (const HostIndex host : hosts) {
    observer_.set_afflicted(host);
    const Duration phase =
        plan_.is_in_step ? Duration{0} : Duration{random_.between(0, round.count())};
    queue_.after(phase, [this, host, until] { block(host, until); });
  }
}

std::vector<Endpoint> DetectionCluster::draw_seeds() {
  std::vector<Endpoint> seeds;
  for (std::size_t i = 0; i < std::min(kSeedsMax, hosts_.size()); ++i) {
    seeds.push_back(hosts_[random_.below(hosts_.size())]->endpoint());
  }
  return seeds;
}

std::size_t DetectionCluster::running_count() const {
  return static_cast<std::size_t>(std::count_if(
      hosts_.begin(), hosts_.end(), [](const auto& host) { return host->is_running(); }));
}

DetectionFigures DetectionCluster::take_figures() {
  DetectionFigures all = observer_.figures();
  all.add(figures_);
  for (const auto& host : hosts_) {
    if (host->is_running()) all.verified += host->driver().counters().statements_verified;
  }
  return all;
}

}  // namespace gossamer::sim
