#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "gossamer/membership_options.hpp"
#include "gossamer/result.hpp"
#include "gossamer/service_spec.hpp"
#include "sim/conditions.hpp"
#include "sim/sim_services.hpp"
#include "wire/data_key.hpp"

namespace gossamer::sim {

/// Which things go wrong, and how often. Whole classes are on or off in one run: that finds more
/// than everything at once (swarm testing, Groce 2012).
struct FaultPlan {
  Duration every_min = std::chrono::seconds{2};
  Duration every_max = std::chrono::seconds{6};
  Duration down_min = std::chrono::milliseconds{200};  ///< How long a crashed node stays away.
  Duration down_max = std::chrono::seconds{12};
  std::uint32_t owner_bias = 300;  ///< Per mille of the faults that strike a unit's owner.
  std::size_t crashes_max = 1000;  ///< Of nodes that are not restarted.

  bool crash = false;    ///< Of the process, or of the machine with it.
  bool restart = false;  ///< Crashed nodes come back.
  bool lose_disks = false;
  bool swap_volume = false;
  bool swap_directory = false;
  bool change_address = false;
  bool roll_back = false;  ///< A node starts from an earlier copy of its disks, mostly elsewhere.
  bool stop = false;
  bool partition = false;
  bool one_way = false;
  bool isolate = false;
  bool burst = false;  ///< Of loss, everywhere.
  bool lossy_node = false;
  bool outage = false;  ///< Of the object store, for one node or for all.
  bool redeploy = false;
  bool leave = false;
  bool freeze = false;
  bool fail_write = false;  ///< Of an owner's store.
  /// The newest frozen state of a unit is damaged, and its owner lost with its disks.
  bool rot = false;
  /// Somebody without the data key puts what he made or copied where a node would put the next
  /// entry or spec; a person finds and removes it.
  bool forge = false;
  /// Somebody with the cluster's key announces claims that nobody made.
  bool lie = false;
  bool witness = false;  ///< A cloud says of nodes, mostly dead ones, that their machines are gone.
  /// A node ends, and its machine comes back at once with the wire's next version, or the one
  /// before.
  bool upgrade = false;
  /// Standing links are reset by somebody on the way, and a firewall refuses one node's connects.
  bool links = false;
  bool stop_claimants =
      false;  ///< Just before or after a claim is put: the stalls that fencing is for.
};

/// Everything that one run is told at its birth, all drawn from its seed.
struct Scenario {
  std::string name{};
  std::uint32_t nodes = 5;
  std::uint64_t seed = 1;
  MembershipOptions membership{};
  ServiceSpec spec{};
  std::uint32_t clients = 4;
  std::uint32_t local_writes = 200;  ///< Per mille of writes that ask for `local` only.
  Duration think_max = std::chrono::milliseconds{300};
  NetworkConditions network{};
  DiskConditions disk{};
  ObjectConditions objects{};
  ServiceConditions services{};
  FaultPlan faults{};
  /// Nothing goes wrong that would let a node seem dead: to hold one down that runs is a violation.
  bool forbids_false_downs = false;
  Duration settle = std::chrono::seconds{12};  ///< Before the first fault.
  Duration faults_for = std::chrono::seconds{40};
  Duration agree_within = std::chrono::seconds{120};  ///< After the last fault.
};

/// What the simulated object store is sealed under, from the seed.
wire::DataKey data_key_of(const Scenario& scenario);

/// The scenarios' names, in the order of the help.
const std::vector<std::string_view>& scenario_names();
std::string_view scenario_summary(std::string_view name);

/// Draws the scenario. Errors: invalid_argument (unknown name, or nodes out of 1 to 2000).
Result<Scenario> draw_scenario(std::string_view name, std::uint32_t nodes, std::uint64_t seed);

}  // namespace gossamer::sim
