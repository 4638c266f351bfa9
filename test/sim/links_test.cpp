#include <utility>
#include <vector>

#include "sim/sim_host.hpp"
#include "sim/sim_network.hpp"
#include "sim_fixture.hpp"

using namespace gossamer;
using namespace gossamer::sim;
using namespace std::chrono_literals;
using gossamer::sim::test::SimFixture;

namespace {

struct Ear final : SimNetwork::Receiver {
  void on_network_datagram(const Endpoint&, Bytes) override {}
  void on_network_frame(const Endpoint&, Bytes) override {}
  void on_network_link(const Endpoint& peer, LinkEvent event) override {
    peers.push_back(peer);
    events.push_back(event);
  }
  std::vector<Endpoint> peers;
  std::vector<LinkEvent> events;
};

using Events = std::vector<LinkEvent>;

/// Node 0 watches and knocks, nodes 1 and 2 are its peers.
struct Links : SimFixture {
  Links() {
    NetworkConditions perfect;
    perfect.late = 0;
    network.set_conditions(perfect);
    network.attach(0, endpoint(0), &ear);
    network.attach(1, endpoint(1), &peer_ear);
    network.attach(2, endpoint(2), &peer_ear);
  }
  static Endpoint endpoint(HostIndex host) { return {"10.0.0." + std::to_string(1 + host), 1}; }
  void watch(HostIndex host) {
    network.view(0)->watch(endpoint(host));
    run_for(1100ms);
  }
  void knock(HostIndex host) {
    network.view(0)->knock(endpoint(host));
    run_for(1100ms);
  }
  /// What was heard since this was last asked.
  Events heard() { return std::exchange(ear.events, {}); }

  SimNetwork network{queue, 7, witness};
  Ear ear;
  Ear peer_ear;
};

}  // namespace

TEST_CASE("sim links: a link opens once, a round trip later, and is silent then") {
  Links links;
  links.network.view(0)->watch(Links::endpoint(1));
  links.network.view(0)->watch(Links::endpoint(1));
  CHECK(links.heard().empty());
  links.run_for(100us);
  CHECK(links.heard().empty());
  links.run_for(1ms);
  CHECK(links.heard() == Events{LinkEvent::opened});
  CHECK(links.ear.peers == std::vector<Endpoint>{Links::endpoint(1)});
  links.run_for(1h);
  CHECK(links.heard().empty());
  CHECK(links.network.links().standing().size() == 1);
}

TEST_CASE("sim links: a process that is killed closes its links, and its machine refuses") {
  Links links;
  links.watch(1);
  links.heard();
  links.network.detach(1);
  CHECK(links.heard().empty());
  links.run_for(1ms);
  CHECK(links.heard() == Events{LinkEvent::closed});
  links.knock(1);
  CHECK(links.heard() == Events{LinkEvent::refused});
  links.watch(1);
  CHECK(links.heard() == Events{LinkEvent::refused});
}

TEST_CASE("sim links: a machine that loses power is silent to links and to knocks") {
  Links links;
  links.watch(1);
  links.heard();
  links.network.detach(1, false);
  links.knock(1);
  CHECK(links.heard() == Events{LinkEvent::unknown});
  links.watch(1);
  CHECK(links.heard().empty());
  // As slow as keepalives are.
  links.run_for(5min);
  CHECK(links.heard() == Events{LinkEvent::unknown});
  links.watch(1);
  CHECK(links.heard() == Events{LinkEvent::unknown});
}

TEST_CASE(
    "sim links: a machine that has its power back knows nothing of the link, and says so when "
    "asked") {
  Links links;
  links.watch(1);
  links.heard();
  links.network.detach(1, false);
  links.network.attach(1, Links::endpoint(1), &links.peer_ear);
  links.knock(1);
  CHECK(links.heard() == Events{LinkEvent::opened});
  links.run_for(3min);
  CHECK(links.heard() == Events{LinkEvent::closed});
}

TEST_CASE(
    "sim links: a process that is back on its port at once has closed the link, and a knock finds "
    "it") {
  Links links;
  links.watch(1);
  links.heard();
  links.network.attach(1, Links::endpoint(1), &links.peer_ear);
  links.run_for(1ms);
  CHECK(links.heard() == Events{LinkEvent::closed});
  links.knock(1);
  CHECK(links.heard() == Events{LinkEvent::opened});
}

TEST_CASE("sim links: a partition makes links silent, and tells of an end when it heals") {
  Links links;
  links.watch(1);
  links.watch(2);
  links.heard();
  for (const HostIndex peer : {1U, 2U}) links.network.block(peer, 0);
  links.network.detach(1);
  links.knock(2);
  CHECK(links.heard() == Events{LinkEvent::unknown});
  links.network.unblock_all();
  links.run_for(10s);
  CHECK(links.heard() == Events{LinkEvent::closed});
  links.network.block(0, 2);
  links.knock(2);
  CHECK(links.heard() == Events{LinkEvent::unknown});
  CHECK(links.network.links().standing().size() == 1);
}

TEST_CASE("sim links: a lost end is sent again") {
  Links links;
  links.watch(1);
  links.heard();
  NetworkConditions bad = links.network.conditions();
  bad.lost = 700;
  links.network.set_conditions(bad);
  links.network.detach(1);
  links.run_for(3min);
  CHECK(links.heard() == Events{LinkEvent::closed});
}

TEST_CASE("sim links: a forged reset closes a link of a peer that lives") {
  Links links;
  CHECK_FALSE(links.network.links().reset(0, Links::endpoint(1)));
  links.watch(1);
  links.heard();
  CHECK(links.network.links().reset(0, Links::endpoint(1)));
  CHECK(links.heard() == Events{LinkEvent::closed});
  links.knock(1);
  CHECK(links.heard() == Events{LinkEvent::opened});
  // The peer's end is gone as well.
  links.network.detach(1);
  links.run_for(1min);
  CHECK(links.heard().empty());
}

TEST_CASE("sim links: a firewall refuses connects from one place, and ends no link") {
  Links links;
  links.watch(1);
  links.heard();
  links.network.links().reject(0, 1);
  links.knock(1);
  CHECK(links.heard() == Events{LinkEvent::refused});
  links.knock(2);
  CHECK(links.heard() == Events{LinkEvent::opened});
  links.network.view(2)->knock(Links::endpoint(1));
  links.run_for(1s);
  CHECK(links.peer_ear.events == Events{LinkEvent::opened});
  links.network.links().admit(0, 1);
  links.knock(1);
  CHECK(links.heard() == Events{LinkEvent::opened});
  CHECK(links.network.links().standing().size() == 1);
}

TEST_CASE("sim links: an ended watch is silent, whatever is on its way") {
  Links links;
  links.network.view(0)->watch(Links::endpoint(1));
  links.network.view(0)->unwatch(Links::endpoint(1));
  links.run_for(2s);
  CHECK(links.heard().empty());
  links.watch(1);
  links.heard();
  links.network.detach(1);
  links.network.view(0)->unwatch(Links::endpoint(1));
  links.run_for(1min);
  CHECK(links.heard().empty());
}

TEST_CASE("sim links: what a process began goes with it") {
  Links links;
  links.watch(1);
  links.network.view(0)->knock(Links::endpoint(2));
  links.heard();
  links.network.attach(0, Links::endpoint(0), &links.ear);
  links.network.detach(1);
  links.run_for(1min);
  CHECK(links.heard().empty());
}

TEST_CASE("sim links: one more than may be is unknown at once, and nobody's address is silent") {
  Links links;
  for (std::uint16_t port = 1; port <= 17; ++port) links.network.view(0)->watch({"10.9.9.9", port});
  links.run_for(1ms);
  CHECK(links.heard().size() == 1);
  for (std::uint16_t port = 1; port <= 66; ++port) links.network.view(0)->knock({"10.9.9.9", port});
  links.run_for(1ms);
  CHECK(links.heard().size() == 2);
  links.run_for(2s);
  const Events late = links.heard();
  CHECK(late == Events(16 + 64, LinkEvent::unknown));
}
