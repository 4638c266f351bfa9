// A node that goes on from an older copy of its data directory, or whose copy runs beside it.

#include <algorithm>
#include <catch2/catch.hpp>
#include <deque>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "driver/driver.hpp"

using namespace gossamer;
using namespace gossamer::driver;
using std::chrono::milliseconds;
using std::chrono::seconds;

namespace {

struct TestClock final : Clock {
  Instant now() override { return time; }
  std::uint64_t wall_ms() override {
    return 1'500'000'000'000 + static_cast<std::uint64_t>(time.since_origin.count() / 1'000'000);
  }
  Instant time{seconds{1}};
};

struct Wire final : Network {
  void send_datagram(const Endpoint& to, ByteView bytes) override {
    sent.push_back({to, Bytes{bytes.begin(), bytes.end()}, false});
  }
  void send_frame(const Endpoint& to, Bytes bytes) override {
    sent.push_back({to, std::move(bytes), true});
  }
  void watch(const Endpoint&) override {}
  void unwatch(const Endpoint&) override {}
  void knock(const Endpoint&) override {}
  struct Sent {
    Endpoint to;
    Bytes bytes;
    bool by_stream;
  };
  std::deque<Sent> sent;
};

struct SlowStore final : NodeStore {
  void persist(std::vector<Write>, Done done) override { waiting.push_back(std::move(done)); }
  void keep_secret(const std::string&, Bytes, Done done) override {
    waiting.push_back(std::move(done));
  }
  void cache(std::vector<Write>) override {}
  std::vector<Done> waiting;
};

struct Events final : EventSink {
  void on_event(const Event& event) override {
    if (const auto* alarm = std::get_if<Alarm>(&event)) alarms.push_back(alarm->detail);
  }
  void on_name_changed(const std::string&) override {}
  void on_trace(const char* mark) override { ++marks[mark]; }
  std::vector<std::string> alarms;
  std::map<std::string, std::size_t> marks;
};

/// One process. `identity` and `boot` are what its data directory holds.
struct Life {
  Life(TestClock& clock, std::uint8_t identity, std::uint64_t boot, Endpoint at, std::uint64_t seed,
       seconds replay_window = seconds{120})
      : endpoint(std::move(at)) {
    Options options;
    options.membership.replay_window = replay_window;
    options.name = "n" + std::to_string(identity);
    options.cluster = "test";
    options.endpoint = endpoint;
    std::array<std::uint8_t, wire::Identity::kSeedBytes> key{};
    key[0] = identity;
    options.identity = wire::Identity::from_seed(key);
    options.boot = boot;
    options.seed = seed;
    Ports ports;
    ports.clock = &clock;
    ports.network = &network;
    ports.node_store = &store;
    ports.events = &events;
    driver = std::make_unique<Driver>(std::move(options), ports);
    driver->start({});
    for (auto& done : store.waiting) done({});
  }
  Endpoint endpoint;
  Wire network;
  SlowStore store;
  Events events;
  std::unique_ptr<Driver> driver;
};

/// Lives that reach each other at once; what goes to an address without one is lost.
struct World {
  std::size_t deliver(Life& from) {
    std::size_t count = 0;
    while (!from.network.sent.empty()) {
      const Wire::Sent sent = std::move(from.network.sent.front());
      from.network.sent.pop_front();
      for (Life* to : lives) {
        if (to->endpoint != sent.to) continue;
        ++count;
        if (sent.by_stream) {
          // A stream's source port is any.
          to->driver->on_frame({from.endpoint.address, 40'000}, sent.bytes);
        } else {
          to->driver->on_datagram(from.endpoint, sent.bytes);
        }
      }
    }
    return count;
  }
  void settle() {
    for (std::size_t count = 1; count > 0;) {
      count = 0;
      for (Life* life : lives) count += deliver(*life);
    }
  }
  void run_for(Duration duration) {
    const Instant until = clock.time + duration;
    for (; clock.time < until; clock.time = clock.time + milliseconds{5}) {
      for (Life* life : lives) life->driver->on_wakeup();
      settle();
    }
  }
  static const Member* seen(const Life& by, const Life& of) {
    const Member* member = by.driver->members().find(of.driver->id());
    return member != nullptr && member->is_live() && member->endpoint == of.endpoint ? member
                                                                                     : nullptr;
  }
  TestClock clock;
  std::vector<Life*> lives;
};

const Endpoint kPeer{"10.0.0.1", 7946}, kOld{"10.0.0.2", 7946}, kNew{"10.0.0.3", 7946};

void end(World& world, const Life& life) {
  world.lives.erase(std::find(world.lives.begin(), world.lives.end(), &life));
}

void publish(Life& life) {
  NameRecord record;
  record.name = "web";
  record.endpoint = life.endpoint;
  REQUIRE(life.driver->publish(std::move(record)));
}

}  // namespace

TEST_CASE("driver: a node with an older copy of its boot counter and another address joins",
          "[driver]") {
  const bool has_left = GENERATE(true, false);
  const std::uint64_t boot =
      GENERATE(as<std::uint64_t>{}, 1, 2, 5);  // As the copy counts on; the boot before was 5.
  CAPTURE(has_left, boot);
  World world;
  Life peer{world.clock, 1, 1, kPeer, 11};
  Life before{world.clock, 2, 5, kOld, 12};
  world.lives = {&peer, &before};
  before.driver->on_seeds({kPeer});
  world.run_for(seconds{2});
  REQUIRE(World::seen(peer, before));
  if (has_left) before.driver->leave(seconds{5}, [](Result<void>) {});
  world.run_for(seconds{1});
  end(world, before);
  world.run_for(seconds{has_left ? 1 : 20});
  REQUIRE_FALSE(World::seen(peer, before));
  const Incarnation held = peer.driver->members().find(before.driver->id())->incarnation;

  Life restored{world.clock, 2, boot, kNew, 13};
  world.lives.push_back(&restored);
  restored.driver->on_seeds({kPeer});
  world.run_for(seconds{2});
  REQUIRE(World::seen(peer, restored));
  CHECK(World::seen(peer, restored)->incarnation > held);
  CHECK(World::seen(restored, peer));
  CHECK(peer.driver->digest() == restored.driver->digest());
  CHECK(restored.events.alarms.empty());
}

TEST_CASE("driver: what a restored node publishes replaces what it had published before",
          "[driver]") {
  World world;
  Life peer{world.clock, 1, 1, kPeer, 11};
  Life before{world.clock, 2, 5, kOld, 12};
  Life restored{world.clock, 2, 5, kNew, GENERATE(range(std::uint64_t{20}, std::uint64_t{28}))};
  world.lives = {&peer, &before};
  before.driver->on_seeds({kPeer});
  publish(before);
  world.run_for(seconds{2});
  end(world, before);
  world.lives.push_back(&restored);
  restored.driver->on_seeds({kPeer});
  publish(restored);
  world.run_for(seconds{5});
  REQUIRE(peer.driver->resolve("web").size() == 1);
  CHECK(peer.driver->resolve("web").front().endpoint == kNew);
}

TEST_CASE("driver: two nodes of one identity are both told, and the one that stays is seen again",
          "[driver]") {
  World world;
  Life peer{world.clock, 1, 1, kPeer, 11};
  Life node{world.clock, 2, 5, kOld, 12};
  Life twin{world.clock, 2, 6, kNew, 13};
  world.lives = {&peer, &node};
  node.driver->on_seeds({kPeer});
  world.run_for(seconds{2});
  world.lives.push_back(&twin);
  const bool knows_the_other = GENERATE(true, false);
  twin.driver->on_seeds(knows_the_other ? std::vector{kPeer, kOld} : std::vector{kPeer});
  publish(node);
  publish(twin);
  world.run_for(seconds{90});
  CHECK_FALSE(node.events.alarms.empty());
  CHECK_FALSE(twin.events.alarms.empty());
  CHECK(node.events.alarms.size() <= 2);
  CHECK(peer.events.alarms.empty());
  // They outbid each other, and not in a storm.
  CHECK(peer.driver->counters().datagrams_in < 90 * 50);
  CHECK(peer.driver->counters().frames_in < 90 * 3);

  if (GENERATE(true, false)) twin.driver->leave(seconds{5}, [](Result<void>) {});
  world.run_for(seconds{1});
  end(world, twin);
  world.run_for(seconds{20});
  CHECK(World::seen(peer, node));
}

TEST_CASE("driver: reminders of older words are bounded, whoever asks for them", "[driver]") {
  World world;
  // With the guard against playing back, the first reminder would be the only one.
  Life peer{world.clock, 1, 1, kPeer, 11, seconds{0}};
  Life before{world.clock, 2, 5, kOld, 12};
  Life restored{world.clock, 2, 1, kNew, 13};
  world.lives = {&peer, &before};
  before.driver->on_seeds({kPeer});
  world.run_for(seconds{2});

  // The same frame, replayed as if from everywhere.
  restored.driver->on_seeds({kPeer});
  REQUIRE_FALSE(restored.network.sent.empty());
  const Bytes frame = restored.network.sent.front().bytes;
  for (std::uint16_t port = 1; port <= 1000; ++port)
    peer.driver->on_datagram({"10.9.9.9", port}, frame);
  CHECK(peer.events.marks["driver: a node was reminded of what it said"] == 16);
}
