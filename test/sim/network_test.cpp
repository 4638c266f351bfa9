#include <algorithm>
#include <optional>
#include <vector>

#include "sim/sim_network.hpp"
#include "sim_fixture.hpp"

using namespace gossamer;
using namespace gossamer::sim;
using namespace std::chrono_literals;
using gossamer::sim::test::SimFixture;

namespace {

struct Ear final : SimNetwork::Receiver {
  void on_network_datagram(const Endpoint& from, Bytes bytes) override {
    froms.push_back(from);
    datagrams.push_back(to_text(bytes));
  }
  void on_network_frame(const Endpoint&, Bytes bytes) override { frames.push_back(to_text(bytes)); }
  void on_network_link(const Endpoint&, LinkEvent) override {}
  std::vector<Endpoint> froms;
  std::vector<std::string> datagrams;
  std::vector<std::string> frames;
};

struct Wire : SimFixture {
  Wire() {
    NetworkConditions perfect;
    perfect.late = 0;
    network.set_conditions(perfect);
    network.attach(0, a, &ear_a);
    network.attach(1, b, &ear_b);
  }
  void say(std::string text) { network.view(0)->send_datagram(b, to_bytes(text)); }
  void stream(std::string text) { network.view(0)->send_frame(b, to_bytes(text)); }
  void set(void (*change)(NetworkConditions&)) {
    NetworkConditions conditions = network.conditions();
    change(conditions);
    network.set_conditions(conditions);
  }

  SimNetwork network{queue, 7, witness};
  Endpoint a{"10.0.0.1", 1};
  Endpoint b{"10.0.0.2", 1};
  Ear ear_a;
  Ear ear_b;
};

}  // namespace

TEST_CASE("network: a datagram arrives with its sender's address, later than it was sent") {
  Wire wire;
  wire.say("hello");
  CHECK(wire.ear_b.datagrams.empty());
  wire.run_for(50us);
  CHECK(wire.ear_b.datagrams.empty());
  wire.run_for(1ms);
  CHECK(wire.ear_b.datagrams == std::vector<std::string>{"hello"});
  CHECK(wire.ear_b.froms == std::vector<Endpoint>{wire.a});
}

TEST_CASE("network: datagrams are lost, doubled and late as often as the conditions say") {
  Wire wire;
  SECTION("lost") {
    wire.set([](NetworkConditions& c) { c.lost = 300; });
    for (int i = 0; i < 1000; ++i) wire.say("x");
    wire.run_for(1s);
    CHECK(wire.ear_b.datagrams.size() > 620);
    CHECK(wire.ear_b.datagrams.size() < 780);
  }
  SECTION("doubled") {
    wire.set([](NetworkConditions& c) { c.doubled = 1000; });
    wire.say("x");
    wire.run_for(1s);
    CHECK(wire.ear_b.datagrams.size() == 2);
  }
  SECTION("replayed, as if from any node, to any node") {
    wire.set([](NetworkConditions& c) { c.replayed = 500; });
    for (int i = 0; i < 1000; ++i) wire.say("x");
    wire.run_for(1s);
    CHECK(wire.ear_a.datagrams.size() + wire.ear_b.datagrams.size() > 1'400);
    CHECK(wire.ear_a.datagrams.size() > 150);
    CHECK(std::count(wire.ear_b.froms.begin(), wire.ear_b.froms.end(), wire.b) > 75);
  }
  SECTION("late, so that others overtake") {
    wire.set([](NetworkConditions& c) { c.late = 500; });
    std::vector<std::string> sent;
    for (int i = 0; i < 100; ++i) {
      sent.push_back(std::to_string(i));
      wire.say(sent.back());
      wire.run_for(1ms);
    }
    wire.run_for(1s);
    CHECK(wire.ear_b.datagrams.size() == 100);
    CHECK(wire.ear_b.datagrams != sent);
  }
}

TEST_CASE("network: a datagram of 65507 bytes arrives and one of 65508 does not") {
  Wire wire;
  wire.say(std::string(65'507, 'x'));
  wire.say(std::string(65'508, 'x'));
  wire.run_for(1s);
  REQUIRE(wire.ear_b.datagrams.size() == 1);
  CHECK(wire.ear_b.datagrams[0].size() == 65'507);
}

TEST_CASE("network: frames come whole, once and in order, whatever happens to datagrams") {
  Wire wire;
  wire.set([](NetworkConditions& c) {
    c.lost = 100;
    c.doubled = 500;
    c.late = 500;
  });
  std::vector<std::string> sent;
  for (int i = 0; i < 50; ++i) {
    sent.push_back(std::to_string(i));
    wire.stream(sent.back());
  }
  wire.run_for(1min);
  CHECK(wire.ear_b.frames == sent);
}

TEST_CASE("network: a partition stops one direction or both, also what is on its way") {
  Wire wire;
  wire.say("on its way");
  wire.stream("on its way");
  wire.network.block(0, 1);
  wire.run_for(1s);
  wire.say("blocked");
  wire.stream("blocked");
  wire.network.view(1)->send_datagram(wire.a, to_bytes("the other way"));
  wire.run_for(1s);
  CHECK(wire.ear_b.datagrams.empty());
  CHECK(wire.ear_b.frames.empty());
  CHECK(wire.ear_a.datagrams == std::vector<std::string>{"the other way"});
  wire.network.unblock(0, 1);
  wire.say("healed");
  wire.run_for(1s);
  CHECK(wire.ear_b.datagrams == std::vector<std::string>{"healed"});
}

TEST_CASE(
    "network: a process that restarts on an address gets datagrams, not its predecessor's frames") {
  Wire wire;
  wire.stream("for the one before");
  wire.say("for whoever is there");
  Ear next;
  wire.network.attach(1, wire.b, &next);
  wire.run_for(1s);
  CHECK(wire.ear_b.frames.empty());
  CHECK(next.frames.empty());
  CHECK(next.datagrams == std::vector<std::string>{"for whoever is there"});
}

TEST_CASE("network: what is sent to nobody is lost") {
  Wire wire;
  wire.network.detach(1);
  wire.say("x");
  wire.stream("x");
  wire.run_for(1s);
  CHECK(wire.ear_b.datagrams.empty());
  CHECK(wire.ear_b.frames.empty());
}
