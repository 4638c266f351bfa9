// A node to which others' comparisons do not get through.

#include <catch2/catch.hpp>

#include "unit/driver/idle_ports.hpp"
#include "wire/packet.hpp"

namespace gossamer::driver {
namespace {

using std::chrono::seconds;

struct Pair {
  Pair() { driver->start({}); }
  void hear(gossip::Message message, bool by_stream) {
    membership::MemberStatement said;
    said.name = "n2";
    said.endpoint = {"10.0.0.2", 1};
    said.incarnation = 1;
    wire::Packet packet{std::move(message), {}};
    packet.statements.push_back(
        std::make_shared<const Bytes>(wire::sign_statement(identity(2), said)));
    wire::Sealer sealer{{}, "", identity(2).id(), ++packets};
    const Bytes frame = sealer.seal(wire::encode_packet(packet), world.wall_ms());
    by_stream ? driver->on_frame({"10.0.0.2", 1}, frame)
              : driver->on_datagram({"10.0.0.2", 1}, frame);
  }
  /// It is told that another holds more, again and again, for so long.
  void be_told_for(int times) {
    for (int i = 0; i < times; ++i) {
      hear(gossip::SyncBuckets{std::vector<std::uint64_t>(gossip::kBucketCount, 9)}, false);
      world.time = world.time + seconds{1};
    }
  }

  IdlePorts world{};
  std::uint64_t packets = 0;
  std::unique_ptr<Driver> driver = std::make_unique<Driver>(idle_options(), world.ports());
};

TEST_CASE("driver: a node that no stream reaches says so of itself, once in five minutes",
          "[driver][streams]") {
  Pair pair;
  pair.be_told_for(3);
  CHECK(pair.world.alarms.empty());
  pair.be_told_for(20);
  REQUIRE(pair.world.alarms.size() == 1);
  CHECK_THAT(pair.world.alarms[0], Catch::Contains("let TCP to 10.0.0.1:1 through"));
  pair.be_told_for(300);
  CHECK(pair.world.alarms.size() == 2);
}

TEST_CASE("driver: whom a step of a comparison reaches by stream has nothing to say of that",
          "[driver][streams]") {
  Pair pair;
  for (int i = 0; i < 10; ++i) {
    pair.be_told_for(3);
    pair.hear(gossip::SyncWants{}, true);
  }
  CHECK(pair.world.alarms.empty());
}

}  // namespace
}  // namespace gossamer::driver
