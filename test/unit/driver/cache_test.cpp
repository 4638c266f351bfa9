// What an earlier run left on disk, and what becomes of it.

#include <catch2/catch.hpp>

#include "unit/driver/idle_ports.hpp"
#include "wire/packet.hpp"

namespace gossamer::driver {
namespace {

using std::chrono::milliseconds;

Bytes member(std::uint8_t number) {
  membership::MemberStatement said;
  said.name = "n" + std::to_string(number);
  said.endpoint = {"10.0.0." + std::to_string(number), 1};
  said.incarnation = 1;
  return wire::sign_statement(identity(number), said);
}

Bytes record(std::uint8_t number, const std::string& name) {
  naming::RecordStatement said;
  said.record.name = name;
  said.record.node = identity(number).id();
  said.record.endpoint = {"10.0.0.9", 1};
  said.version = 1;
  return wire::sign_statement(identity(number), said);
}

/// Started on members 2 and 3, a record of 3, and rubbish, all of an earlier run.
struct Restarted {
  Restarted() {
    Options options = idle_options();
    options.membership.tombstone_time = milliseconds{400};
    driver = std::make_unique<Driver>(options, world.ports());
    driver->start({{"member/2", member(2)},
                   {"member/3", member(3)},
                   {"record/3", record(3, "ledger")},
                   {"rubbish", to_bytes("rubbish")}});
  }
  void hear(std::uint8_t number) {
    wire::Sealer sealer{{}, "", identity(number).id(), 7};
    wire::Packet packet{gossip::Message{gossip::Rumours{}}, {}};
    packet.statements.push_back(std::make_shared<const Bytes>(member(number)));
    driver->on_datagram({"10.0.0." + std::to_string(number), 1},
                        sealer.seal(wire::encode_packet(packet), world.wall_ms()));
  }
  void run_for(int ms) {
    for (; ms > 0; ms -= 50) {
      world.time = world.time + milliseconds{50};
      driver->on_wakeup();
    }
  }

  IdlePorts world{};
  std::unique_ptr<Driver> driver;
};

using Keys = std::set<std::string>;

TEST_CASE("driver: what vanished while this node was down vanishes from its disk",
          "[driver][bounds]") {
  Restarted node;
  CHECK(node.world.removed == Keys{"rubbish"});
  node.hear(2);
  node.run_for(350);
  CHECK(node.world.removed == Keys{"rubbish"});
  node.run_for(100);
  CHECK(node.world.removed == Keys{"rubbish", "member/3", "record/3"});
}

TEST_CASE("driver: a node that comes back alone keeps the addresses that lead to others",
          "[driver]") {
  Restarted node;
  node.run_for(2'000);
  CHECK(node.world.removed == Keys{"rubbish"});
  node.hear(2);
  node.run_for(500);
  CHECK(node.world.removed == Keys{"rubbish", "member/3", "record/3"});
}

}  // namespace
}  // namespace gossamer::driver
