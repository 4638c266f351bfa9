#pragma once

#include <array>
#include <functional>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "driver/driver.hpp"
#include "sim/drifting_clock.hpp"
#include "sim/scenario.hpp"
#include "sim/sim_disk.hpp"
#include "sim/sim_network.hpp"
#include "sim/sim_objects.hpp"
#include "sim/sim_services.hpp"
#include "sim/sim_unit_stores.hpp"

namespace gossamer::sim {

/// What all nodes of a run share.
inline constexpr std::string_view kSimulatedCluster = "simulated";
wire::ClusterKey simulated_key();

/// The world that the machines share.
struct World {
  EventQueue& queue;
  SimNetwork& network;
  SimObjects& objects;
  ServiceFabric& fabric;
  ServiceConditions& services;
  Witness& witness;
  const Scenario& scenario;
  /// What discovery answers.
  std::function<std::vector<Endpoint>(HostIndex)> seeds;
};

/// One machine: its disks, its clock, its address, and the process of a node while one runs. The
/// process is made of the driver and the simulated ports, nothing else.
class SimHost final : public SimNetwork::Receiver {
 public:
  SimHost(HostIndex index, World& world, std::uint64_t seed);
  ~SimHost() override;

  /// Requires: not running.
  void boot();
  /// kill -9: the machine's kernel lives on, ends the process's connections and refuses new ones.
  void crash() { end(true); }
  /// Nobody is left to say anything, or to refuse.
  void lose_power() { end(false); }
  /// The next write to a unit's store fails, as on a full disk.
  void fail_next_write();
  /// SIGSTOP and SIGCONT.
  void stop();
  void resume();
  /// The machine's wall clock is wrong by so much from now on. Requires: running.
  void set_wall_error(Duration wall_error);
  /// Leaves politely; then the process ends.
  void leave();

  // What may have happened to a machine between two processes. Requires: not running.
  /// Data directory and stores are gone: the next node has a new identity.
  void lose_disks();
  /// The stores' volume is another one (empty at first), or the first one again.
  void swap_volume();
  /// The whole data directory is another one, or the first one again.
  void swap_directory();
  void change_address();
  /// Another build of the program, which reads these versions.
  void install(const wire::VersionRange& wire) { wire_ = wire; }
  /// A backup of data directory and stores.
  void save_disks();
  /// Both are again what was saved last, under the same identity. False: nothing was.
  bool restore_disks();

  HostIndex index() const { return index_; }
  bool is_running() const { return life_ != nullptr; }
  bool is_stopped() const;
  bool is_leaving() const;
  /// Null unless running.
  driver::Driver* driver() const;
  const std::shared_ptr<Process>& process() const;
  const Endpoint& endpoint() const { return endpoint_; }
  const wire::VersionRange& wire() const { return wire_; }
  NodeId id() const;
  wire::Identity identity() const;
  /// Its data directory was restored once, so its boot counter went back.
  bool is_restored() const;
  std::uint64_t boots() const { return boots_; }
  /// The boot counter that the running process was given.
  std::uint64_t boot() const { return boot_; }
  const SimDisk& disk() const;
  const Volume& volume() const;

  void on_network_datagram(const Endpoint& from, Bytes bytes) override;
  void on_network_frame(const Endpoint& from, Bytes bytes) override;
  void on_network_link(const Endpoint& peer, LinkEvent event) override;

 private:
  struct Directory;
  struct Life;
  void end(bool has_power);
  void receive(const Endpoint& from, Bytes bytes, bool is_frame);
  void after_turn();
  void arm_timer();
  void on_timer(std::uint64_t token);
  void discover();
  void publish_web();
  Directory& add_directory();
  driver::Options options();

  HostIndex index_;
  World& world_;
  Random random_;
  Endpoint endpoint_;
  std::uint32_t addresses_ = 0;
  wire::VersionRange wire_ = wire::kVersions;
  std::vector<std::unique_ptr<Directory>>
      directories_;  // All that ever were: syncs may be under way.
  Directory* directory_ = nullptr;
  Directory* other_directory_ = nullptr;
  std::shared_ptr<Volume> volume_;
  std::shared_ptr<Volume> other_volume_;
  std::uint64_t volumes_ = 0;
  std::uint64_t boots_ = 0;
  std::uint64_t boot_ = 0;
  std::unique_ptr<Life> life_;
};

}  // namespace gossamer::sim
