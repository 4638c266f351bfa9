// Stories of a few machines, told by hand.

#include <algorithm>

#include "sim/sim_host.hpp"
#include "sim_fixture.hpp"

using namespace gossamer;
using namespace gossamer::sim;
using namespace std::chrono_literals;
using gossamer::sim::test::SimFixture;

namespace {

struct Machines : SimFixture {
  explicit Machines(HostIndex count) {
    scenario.membership = MembershipOptions::fast();
    scenario.membership.sync_interval = 1s;
    scenario.membership.tombstone_time = 10s;
    for (HostIndex i = 0; i < count; ++i) {
      hosts.push_back(std::make_unique<SimHost>(i, world, 100 + i));
      hosts.back()->boot();
    }
  }
  driver::Driver& driver(HostIndex host) { return *hosts[host]->driver(); }
  bool do_digests_agree() {
    return std::all_of(hosts.begin(), hosts.end(), [&](const auto& host) {
      return !host->is_running() || host->driver()->digest() == driver(0).digest();
    });
  }
  void deploy() {
    ServiceSpec spec;
    spec.name = "ledger";
    spec.instances = 2;
    driver(1).deploy(spec, [](Result<std::uint64_t> version) { REQUIRE(version.has_value()); });
    run_until([&] { return driver(0).resolve("ledger").size() == 2; });
  }
  void undeploy() {
    driver(1).undeploy("ledger", [](Result<void> done) { REQUIRE(done.has_value()); });
    run_until([&] { return driver(0).resolve("ledger").empty(); });
  }

  Scenario scenario{};
  SimNetwork network{queue, 7, witness};
  SimObjects objects{queue, 8, witness};
  ServiceFabric fabric{};
  ServiceConditions services{};
  World world{queue, network, objects, fabric, services, witness, scenario, [this](HostIndex) {
                std::vector<Endpoint> seeds;
                for (const auto& host : hosts) seeds.push_back(host->endpoint());
                return seeds;
              }};
  std::vector<std::unique_ptr<SimHost>> hosts{};
};

}  // namespace

TEST_CASE("driver: what was undeployed leaves nothing behind with gossip") {
  Machines machines{3};
  machines.run_until([&] { return machines.driver(0).members().live_count() == 3; });
  machines.run_for(30s);
  REQUIRE(machines.do_digests_agree());
  const std::uint64_t before = machines.driver(0).digest();

  machines.deploy();
  const Epoch first = machines.driver(0).resolve("ledger").front().epoch;
  machines.undeploy();
  machines.run_for(4s);
  CHECK(machines.driver(0).digest() != before);  // Still told: somebody may not have heard.
  machines.run_for(60s);
  CHECK(machines.do_digests_agree());
  CHECK(machines.driver(0).digest() == before);

  machines.deploy();
  CHECK(machines.driver(0).resolve("ledger").front().epoch > first);
  machines.run_for(60s);
  CHECK(machines.driver(2).resolve("ledger").size() == 2);
  CHECK(machines.do_digests_agree());
}

TEST_CASE("driver: a node whose clock ran an hour ahead is heard again once it is put right") {
  Machines machines{3};
  const auto do_all_see_all = [&] {
    return std::all_of(machines.hosts.begin(), machines.hosts.end(), [](const auto& host) {
      return host->driver()->members().live_count() == 3;
    });
  };
  machines.run_until(do_all_see_all);
  machines.hosts[2]->set_wall_error(1h);
  machines.run_for(60s);
  CHECK(machines.driver(0).members().live_count() == 2);
  CHECK(machines.driver(2).members().live_count() == 1);

  machines.hosts[2]->set_wall_error(0s);
  machines.run_until(do_all_see_all);
  machines.run_for(60s);
  CHECK(do_all_see_all());
  CHECK(machines.do_digests_agree());
  const auto& rejects = machines.driver(2).counters().frame_rejects;
  CHECK(rejects[static_cast<std::size_t>(wire::FrameReject::twin)] == 0);
}
