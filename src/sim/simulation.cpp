#include "sim/simulation.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "sim/chaos.hpp"
#include "sim/checkers.hpp"
#include "sim/convergence.hpp"
#include "sim/workload.hpp"

namespace gossamer::sim {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr Duration kCheckInterval = milliseconds{500};
constexpr Duration kFinishWithin = seconds{60};
/// A node that wakes itself without end would never let the time pass.
constexpr std::uint64_t kEventsPerCheckMax = 2'000'000;
constexpr std::size_t kSeedsMax = 30;

/// One simulated world, from the first boot to the verdict.
class Simulation {
 public:
  Simulation(const Scenario& scenario, const RunOptions& options);
  Report run();

 private:
  bool is_over() const { return !checkers_.violations().empty(); }
  /// False as soon as something is wrong.
  bool run_until(Instant until);
  void boot_all();
  void deploy();
  void keep_deployed();
  std::vector<Endpoint> seeds_for(HostIndex host);
  void await_agreement();
  void await_clients();
  void check_contents();

  const Scenario scenario_;
  Random random_;
  EventQueue queue_;
  std::vector<std::unique_ptr<SimHost>> hosts_;
  Checkers checkers_;
  SimNetwork network_;
  SimObjects objects_;
  ServiceFabric fabric_;
  ServiceConditions services_;
  World world_;
  Chaos chaos_;
  Workload workload_;
  bool is_deployed_ = false;
  bool is_healed_ = false;
};

Simulation::Simulation(const Scenario& scenario, const RunOptions& options)
    : scenario_(scenario),
      random_(scenario.seed ^ 0x5eedU),
      checkers_(queue_, hosts_),
      network_(queue_, random_.next(), checkers_),
      objects_(queue_, random_.next(), checkers_),
      services_(scenario.services),
      world_{queue_,    network_,  objects_,  fabric_,
             services_, checkers_, scenario_, [this](HostIndex host) { return seeds_for(host); }},
      chaos_(world_, hosts_, random_.next()),
      workload_(world_, hosts_, random_.next()) {
  checkers_.begin(objects_, scenario_);
  checkers_.on_claiming([this](HostIndex host) { chaos_.on_claiming(host); });
  if (options.keep_story) checkers_.keep_story();
  network_.set_conditions(scenario_.network);
  objects_.set_conditions(scenario_.objects);
  for (HostIndex i = 0; i < scenario_.nodes; ++i) {
    hosts_.push_back(std::make_unique<SimHost>(i, world_, random_.next()));
  }
}

std::vector<Endpoint> Simulation::seeds_for(HostIndex host) {
  // What a cloud's list would say: machines that exist, running or not; the asking one too.
  std::vector<Endpoint> seeds;
  if (hosts_.size() <= kSeedsMax) {
    for (const auto& other : hosts_) seeds.push_back(other->endpoint());
    return seeds;
  }
  seeds.push_back(hosts_[host]->endpoint());
  while (seeds.size() < kSeedsMax)
    seeds.push_back(hosts_[random_.below(hosts_.size())]->endpoint());
  return seeds;
}

bool Simulation::run_until(Instant until) {
  const std::uint64_t begun = queue_.events_run();
  const std::uint64_t most =
      kEventsPerCheckMax + begun +
      static_cast<std::uint64_t>((until - queue_.now()).count() / 1'000'000) * scenario_.nodes *
          100;
  while (queue_.run_next(until)) {
    if (is_over()) return false;
    if (queue_.events_run() > most) {
      checkers_.complain("too many events: somebody is busy without end");
      return false;
    }
  }
  return true;
}

void Simulation::boot_all() {
  for (const auto& host : hosts_) {
    queue_.after(milliseconds{random_.between(0, 2000)}, [&host] {
      if (!host->is_running()) host->boot();
    });
  }
}

void Simulation::deploy() {
  std::vector<SimHost*> able;
  for (const auto& host : hosts_) {
    if (host->is_running() && !host->is_stopped() && !host->is_leaving())
      able.push_back(host.get());
  }
  if (able.empty()) return;
  SimHost* host = able[random_.below(able.size())];
  host->process()->post([this, host] {
    host->driver()->deploy(scenario_.spec, [this](Result<std::uint64_t> version) {
      if (version) is_deployed_ = true;
    });
  });
}

void Simulation::keep_deployed() {
  // An undeploy of before may have been under way for long, and land now.
  const bool is_undeployed = std::any_of(hosts_.begin(), hosts_.end(), [](const auto& host) {
    if (!host->is_running()) return false;
    const auto specs = host->driver()->specs();
    return std::any_of(specs.begin(), specs.end(),
                       [](const auto& spec) { return spec.is_undeploy; });
  });
  if (!is_deployed_ || (is_healed_ && is_undeployed)) deploy();
  if (!is_deployed_ || is_healed_) queue_.after(seconds{5}, [this] { keep_deployed(); });
}

void Simulation::await_agreement() {
  const Instant begun = queue_.now();
  std::string problem = "it never came to look";
  while (queue_.now() < begun + scenario_.agree_within) {
    if (!run_until(queue_.now() + kCheckInterval)) return;
    problem = is_deployed_ ? disagreement(hosts_, world_, checkers_.journal())
                           : "the service cannot be deployed";
    if (!problem.empty()) continue;
    checkers_.figures().agreement.add(queue_.now() - begun);
    return;
  }
  checkers_.complain(
      fmt::format("no agreement {} s after the faults stopped: {}",
                  std::chrono::duration_cast<seconds>(scenario_.agree_within).count(), problem));
}

void Simulation::await_clients() {
  workload_.finish();
  const Instant begun = queue_.now();
  while (!workload_.is_idle() && queue_.now() < begun + kFinishWithin) {
    if (!run_until(queue_.now() + kCheckInterval)) return;
  }
  if (!workload_.is_idle()) checkers_.complain("a client waits for its answer without end");
}

void Simulation::check_contents() {
  for (std::uint32_t i = 0; i < scenario_.spec.instances; ++i) {
    const UnitId unit{scenario_.spec.name, i};
    const auto host = std::find_if(hosts_.begin(), hosts_.end(),
                                   [](const auto& other) { return other->is_running(); });
    const auto record = (*host)->driver()->resolve(unit);
    const ServiceFabric::Serving* serving = record ? fabric_.find(record->endpoint) : nullptr;
    if (serving != nullptr) checkers_.promises().check_contents(unit, serving->ledger->store());
  }
}

Report Simulation::run() {
  boot_all();
  queue_.after(seconds{3}, [this] { keep_deployed(); });
  queue_.after(seconds{4}, [this] { workload_.begin(); });
  bool is_well = run_until(Instant{} + scenario_.settle);
  if (is_well) {
    const Instant heal_at = queue_.now() + scenario_.faults_for;
    chaos_.begin(heal_at);
    is_well = run_until(heal_at);
  }
  if (is_well) {
    chaos_.heal();
    is_deployed_ = false;
    is_healed_ = true;
    keep_deployed();
    await_agreement();
  }
  if (!is_over()) await_clients();
  if (!is_over()) check_contents();

  Report report;
  report.violations = checkers_.violations();
  report.fingerprint = checkers_.fingerprint();
  report.virtual_time = queue_.now().since_origin;
  report.figures = checkers_.figures();
  report.figures.acknowledged_writes = checkers_.promises().acknowledged();
  report.figures.lost_writes = checkers_.promises().lost();
  report.figures.journal_entries = checkers_.journal().entries_seen();
  report.figures.object_requests = objects_.requests();
  report.figures.events = queue_.events_run();
  report.story = checkers_.story();
  return report;
}

}  // namespace

Report run(const Scenario& scenario, const RunOptions& options) {
  return Simulation{scenario, options}.run();
}

std::string replay_line(std::string_view scenario, std::uint32_t nodes, std::uint64_t seed) {
  return fmt::format("gossamer-sim run --scenario {} --nodes {} --seed {}", scenario, nodes, seed);
}

}  // namespace gossamer::sim
