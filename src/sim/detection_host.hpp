#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "base/random.hpp"
#include "driver/driver.hpp"
#include "sim/detection_observer.hpp"
#include "sim/detection_plan.hpp"
#include "sim/paced_loop.hpp"
#include "sim/shared_values.hpp"
#include "sim/sim_network.hpp"

namespace gossamer::sim {

/// One machine of a detection run: a driver without services and stores, its clock, its loop.
class DetectionHost final : public SimNetwork::Receiver {
 public:
  struct World {
    EventQueue& queue;
    SimNetwork& network;
    DetectionObserver& observer;
    const DetectionPlan& plan;
    SharedValues* values = nullptr;  ///< Null: each node holds its own.
  };
  /// Takes what a node sends instead of the network.
  using Catch = std::function<void(ByteView)>;

  DetectionHost(HostIndex index, World& world, std::uint64_t seed);
  ~DetectionHost() override;

  /// Requires: not running. `seeds`: what discovery told it.
  void boot(const std::vector<Endpoint>& seeds);
  /// The same, and all that it sends is caught until be_heard().
  void boot_caught(const std::vector<Endpoint>& seeds, Catch caught);
  void be_heard();
  /// With its machine: silence, and nobody who refuses.
  void crash();
  void leave();
  /// SIGSTOP and SIGCONT.
  void stop();
  void resume();
  /// Its data directory is lost: the next process has another identity. Requires: not running.
  void lose_identity();

  HostIndex index() const { return index_; }
  bool is_running() const { return life_ != nullptr; }
  bool is_leaving() const;
  bool is_stopped() const;
  const Endpoint& endpoint() const { return endpoint_; }
  driver::Driver& driver();

  void on_network_datagram(const Endpoint& from, Bytes bytes) override;
  void on_network_frame(const Endpoint& from, Bytes bytes) override;
  void on_network_link(const Endpoint& peer, LinkEvent event) override;

 private:
  struct Life;
  void end(bool is_crash);

  HostIndex index_;
  World& world_;
  Random random_;
  Endpoint endpoint_;
  wire::Identity identity_;
  std::uint64_t boots_ = 0;
  std::unique_ptr<Life> life_;
};

}  // namespace gossamer::sim
