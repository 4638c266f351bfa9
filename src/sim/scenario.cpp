#include "sim/scenario.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/random.hpp"

namespace gossamer::sim {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

struct Named {
  std::string_view name;
  std::string_view summary;
  void (*draw)(Random&, Scenario&);
};

milliseconds draw_ms(Random& random, std::int64_t low, std::int64_t high) {
  return milliseconds{random.between(low, high)};
}

std::uint32_t draw_per_mille(Random& random, std::uint32_t most) {
  return static_cast<std::uint32_t>(random.below(most + 1));
}

/// Anything that validate() allows and that still agrees within the stated time.
void draw_membership(Random& random, MembershipOptions& options) {
  options.probe_timeout = draw_ms(random, 30, 300);
  options.probe_interval = draw_ms(random, 3 * options.probe_timeout.count() + 20,
                                   3 * options.probe_timeout.count() + 900);
  options.indirect_probe_count = random.below(6);
  options.suspicion_floor = draw_ms(random, 100, 2500);
  options.gossip_delay = draw_ms(random, 0, 20);
  options.gossip_interval = draw_ms(random, 50, 500);
  options.gossip_fanout = 1 + random.below(5);
  options.retransmit_multiplier = 1 + random.below(5);
  options.sync_interval = draw_ms(random, 500, 8'000);
  options.reconnect_interval = draw_ms(random, 500, 5'000);
  options.tombstone_time =
      random.chance(1, 3) ? draw_ms(random, 3'000, 40'000) : draw_ms(random, 120'000, 900'000);
  options.datagram_bytes_max = random.chance(1, 2) ? 1400 : 576 + random.below(9'000);
}

void draw_service(Random& random, Scenario& scenario) {
  ServiceSpec& spec = scenario.spec;
  spec.instances = 1 + static_cast<std::uint32_t>(random.below(3));
  spec.ship_interval = draw_ms(random, 50, 1500);
  spec.freeze_after_entries =
      random.chance(1, 4) ? 0 : 4 + static_cast<std::uint32_t>(random.below(40));
  if (random.chance(1, 4)) spec.takeover_delay = draw_ms(random, 0, 3'000);
  scenario.clients = 2 + static_cast<std::uint32_t>(random.below(4));
  scenario.local_writes = draw_per_mille(random, 500);
  scenario.think_max = draw_ms(random, 50, 500);
}

void draw_object_faults(Random& random, ObjectConditions& objects) {
  if (random.chance(1, 2)) objects.late_writes = draw_per_mille(random, 60);
  if (random.chance(1, 2)) objects.late_removes = draw_per_mille(random, 200);
  if (random.chance(1, 2)) objects.slow_writes = draw_per_mille(random, 60);
  if (random.chance(1, 2)) objects.lost_answers = draw_per_mille(random, 60);
  if (random.chance(1, 3)) objects.lost_requests = draw_per_mille(random, 40);
  if (random.chance(1, 3)) objects.throttled = draw_per_mille(random, 100);
  if (random.chance(1, 3)) objects.slow_reads = draw_per_mille(random, 60);
  if (random.chance(1, 2)) objects.page_max = 1 + static_cast<std::uint32_t>(random.below(20));
  objects.latency_max = draw_ms(random, 10, 120);
}

void draw_network(Random& random, NetworkConditions& network) {
  if (random.chance(1, 2)) network.lost = draw_per_mille(random, 60);
  if (random.chance(1, 2)) network.doubled = draw_per_mille(random, 60);
  if (random.chance(1, 2)) network.late = draw_per_mille(random, 60);
  network.late_max = draw_ms(random, 5, 200);
}

void draw_crash(Random& random, Scenario& scenario) {
  scenario.faults.crash = true;
  scenario.faults.crashes_max = std::max<std::size_t>(1, scenario.nodes / 3);
  scenario.faults.owner_bias = 100;
  scenario.faults.every_min = seconds{3};
  scenario.faults_for = seconds{30};
  if (random.chance(1, 2)) draw_network(random, scenario.network);
  scenario.faults.lie = random.chance(1, 4);
}

void draw_partition(Random& random, Scenario& scenario) {
  draw_membership(random, scenario.membership);
  scenario.faults.partition = true;
  scenario.faults.one_way = random.chance(1, 2);
  scenario.faults.isolate = random.chance(1, 2);
  if (random.chance(1, 3)) draw_object_faults(random, scenario.objects);
  scenario.faults.lie = random.chance(1, 4);
}

void draw_lossy(Random& random, Scenario& scenario) {
  draw_membership(random, scenario.membership);
  draw_network(random, scenario.network);
  scenario.network.lost = std::max(scenario.network.lost, draw_per_mille(random, 120));
  scenario.faults.burst = true;
  scenario.faults.lossy_node = random.chance(1, 2);
  scenario.faults.stop = random.chance(1, 2);
}

void draw_restart(Random& random, Scenario& scenario) {
  draw_membership(random, scenario.membership);
  scenario.faults.crash = true;
  scenario.faults.restart = true;
  scenario.faults.leave = random.chance(1, 2);
  scenario.faults.lose_disks = random.chance(1, 2);
  scenario.faults.swap_volume = random.chance(1, 3);
  scenario.faults.swap_directory = random.chance(1, 4);
  scenario.faults.change_address = random.chance(1, 2);
  scenario.faults.roll_back = random.chance(1, 2);
  scenario.faults.every_min = seconds{1};
  if (random.chance(1, 2)) draw_object_faults(random, scenario.objects);
  if (random.chance(1, 2)) scenario.network.replayed = draw_per_mille(random, 200);
}

void draw_failover(Random& random, Scenario& scenario) {
  scenario.membership = random.chance(1, 2) ? MembershipOptions::fast() : MembershipOptions{};
  scenario.faults.crash = random.chance(3, 4);
  scenario.faults.restart = true;
  scenario.faults.stop = random.chance(1, 2);
  scenario.faults.isolate = random.chance(1, 2) || !scenario.faults.crash;
  scenario.faults.freeze = random.chance(1, 2);
  scenario.faults.stop_claimants = random.chance(1, 2);
  scenario.faults.rot = random.chance(1, 3);
  scenario.faults.owner_bias = 900;
  scenario.faults.every_min = seconds{4};
  scenario.faults.every_max = seconds{10};
  scenario.spec.freeze_after_entries = 4 + static_cast<std::uint32_t>(random.below(16));
  scenario.spec.instances = 1;
  draw_object_faults(random, scenario.objects);
  scenario.faults.fail_write = random.chance(1, 3);
  scenario.faults.witness = random.chance(1, 3);
  scenario.faults.forge = random.chance(1, 4);
  scenario.faults.lie = random.chance(1, 4);
}

void draw_insider(Random& random, Scenario& scenario) {
  draw_failover(random, scenario);
  scenario.spec.instances = 1 + static_cast<std::uint32_t>(random.below(3));
  scenario.faults.lie = true;
  scenario.faults.outage = random.chance(1, 2);
  scenario.faults.every_min = milliseconds{200};
  scenario.faults.every_max = seconds{4};
  scenario.faults.crashes_max = scenario.nodes;
}

void draw_upgrade(Random& random, Scenario& scenario) {
  if (random.chance(1, 2)) scenario.membership = MembershipOptions::fast();
  if (random.chance(1, 2)) draw_network(random, scenario.network);
  scenario.network.lost = std::min(scenario.network.lost, 20U);
  scenario.faults.upgrade = true;
  scenario.faults.restart = true;
  scenario.faults.every_min = draw_ms(random, 300, 2'000);
  scenario.faults.every_max = scenario.faults.every_min + draw_ms(random, 100, 2'000);
  scenario.faults_for = scenario.nodes * seconds{3} + seconds{20};
  scenario.forbids_false_downs = true;
}

void draw_mix(Random& random, Scenario& scenario) {
  draw_membership(random, scenario.membership);
  if (random.chance(2, 3)) draw_network(random, scenario.network);
  if (random.chance(2, 3)) draw_object_faults(random, scenario.objects);
  if (random.chance(1, 4)) scenario.disk.sync_max = draw_ms(random, 5, 150);
  if (random.chance(1, 4)) scenario.services.vetoes = draw_per_mille(random, 500);
  if (random.chance(1, 4)) scenario.services.failed_starts = draw_per_mille(random, 300);
  FaultPlan& faults = scenario.faults;
  for (bool* fault :
       {&faults.crash, &faults.stop, &faults.partition, &faults.one_way, &faults.isolate,
        &faults.burst, &faults.lossy_node, &faults.outage, &faults.freeze, &faults.restart}) {
    *fault = random.chance(1, 2);
  }
  for (bool* fault :
       {&faults.lose_disks, &faults.swap_volume, &faults.swap_directory, &faults.change_address,
        &faults.redeploy, &faults.leave, &faults.stop_claimants, &faults.rot, &faults.roll_back}) {
    *fault = random.chance(1, 4);
  }
  faults.owner_bias = draw_per_mille(random, 900);
  faults.every_min = draw_ms(random, 300, 3'000);
  faults.every_max = faults.every_min + draw_ms(random, 500, 6'000);
  if (random.chance(1, 4)) scenario.network.replayed = draw_per_mille(random, 100);
  faults.fail_write = random.chance(1, 4);
  faults.witness = random.chance(1, 3);
  faults.forge = random.chance(1, 4);
  faults.lie = random.chance(1, 4);
}

constexpr std::array<Named, 8> kScenarios{{
    {"crash", "nodes die one after the other and stay dead", draw_crash},
    {"partition", "the network splits, one way or both, and heals", draw_partition},
    {"lossy", "packets get lost, doubled and late; nodes stall", draw_lossy},
    {"restart", "nodes die and come back, some with other disks or addresses", draw_restart},
    {"failover", "owners are killed, stopped and cut off while clients write", draw_failover},
    {"insider", "the same, and somebody with the cluster's key announces claims that nobody made",
     draw_insider},
    {"mix", "everything, each class of faults on or off by the seed", draw_mix},
    {"upgrade", "nodes change to the wire's next version one by one, some of them back",
     draw_upgrade},
}};

}  // namespace

wire::DataKey data_key_of(const Scenario& scenario) {
  Random random{scenario.seed ^ 0xda7aU};
  wire::DataKey key;
  for (std::uint8_t& byte : key.bytes) byte = static_cast<std::uint8_t>(random.below(256));
  return key;
}

const std::vector<std::string_view>& scenario_names() {
  static const std::vector<std::string_view> names = [] {
    std::vector<std::string_view> all;
    for (const Named& named : kScenarios) all.push_back(named.name);
    return all;
  }();
  return names;
}

std::string_view scenario_summary(std::string_view name) {
  for (const Named& named : kScenarios) {
    if (named.name == name) return named.summary;
  }
  return {};
}

Result<Scenario> draw_scenario(std::string_view name, std::uint32_t nodes, std::uint64_t seed) {
  if (nodes < 1 || nodes > 2000) {
    return fail(ErrorCode::invalid_argument,
                fmt::format("nodes is {}; it must be 1 to 2000", nodes));
  }
  for (const Named& named : kScenarios) {
    if (named.name != name) continue;
    Scenario scenario;
    scenario.name = std::string{name};
    scenario.nodes = nodes;
    scenario.seed = seed;
    Random random{seed};
    scenario.spec.name = "ledger";
    draw_service(random, scenario);
    named.draw(random, scenario);
    scenario.faults.links = random.chance(1, 2);
    return scenario;
  }
  return fail(ErrorCode::invalid_argument, fmt::format("unknown scenario '{}'; known are {}", name,
                                                       fmt::join(scenario_names(), ", ")));
}

}  // namespace gossamer::sim
