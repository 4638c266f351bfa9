#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/random.hpp"
#include "sim/detection_host.hpp"
#include "sim/detection_observer.hpp"
#include "sim/detection_plan.hpp"
#include "sim/detection_progress.hpp"

namespace gossamer::sim {

/// The nodes of a detection run, the network between them, and what was measured. Scenarios do
/// things to it.
class DetectionCluster {
 public:
  DetectionCluster(const DetectionPlan& plan, OnDetectionProgress on_progress);

  /// What whoever looks on is told that the run is at from now on.
  void begin(std::string part) { part_ = std::move(part); }

  /// All run, know each other and are calm.
  void start();
  /// Waits until what a start stirs up has settled, and measures how much is sent from then on.
  void calm_down();
  void run_for(Duration duration);
  /// Looks every 50 ms. False: not met within `limit`.
  bool run_until(const std::function<bool()>& is_met, Duration limit);

  /// Crashes it, waits until all healthy survivors hold it down, and a while for the rumours to
  /// end.
  void crash_and_wait(HostIndex host, Duration limit);
  /// A running node that is neither afflicted nor leaving.
  HostIndex pick_healthy();
  /// So many of them, each once.
  std::vector<HostIndex> pick_healthy(std::size_t count);
  /// Blocks and wakes `hosts` in turn, as planned, for `lasts`.
  void block_in_turn(const std::vector<HostIndex>& hosts, Duration lasts);
  /// A few addresses, as discovery would tell.
  std::vector<Endpoint> draw_seeds();

  void complain(std::string violation) { violations_.push_back(std::move(violation)); }
  bool is_violated() const { return !violations_.empty(); }

  const DetectionPlan& plan() const { return plan_; }
  EventQueue& queue() { return queue_; }
  Random& random() { return random_; }
  SimNetwork& network() { return network_; }
  DetectionObserver& observer() { return observer_; }
  DetectionHost& host(HostIndex index) { return *hosts_[index]; }
  std::size_t size() const { return hosts_.size(); }
  std::size_t running_count() const;
  /// What scenarios measure themselves; the observer has the rest.
  DetectionFigures& figures() { return figures_; }

  const std::vector<std::string>& violations() const { return violations_; }
  DetectionFigures take_figures();

 private:
  void block(HostIndex host, Instant until);

  const DetectionPlan plan_;
  Random random_;
  EventQueue queue_;
  DetectionObserver observer_;
  SimNetwork network_;
  SharedValues values_;
  DetectionHost::World world_;
  std::vector<std::unique_ptr<DetectionHost>> hosts_;
  DetectionFigures figures_;
  const OnDetectionProgress on_progress_;
  std::string part_ = "starting";
  std::vector<std::string> violations_;
};

}  // namespace gossamer::sim
