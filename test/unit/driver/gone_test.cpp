// What the node makes of a cloud's word that machines are gone.

#include <catch2/catch.hpp>

#include "unit/driver/idle_ports.hpp"
#include "wire/packet.hpp"

namespace gossamer::driver {
namespace {

using std::chrono::milliseconds;

Endpoint endpoint(std::uint8_t number) {
  return {"10.0.0." + std::to_string(number), 1};
}

/// With members 2 and 3, of which only 3 goes on talking.
struct Trio {
  Trio() {
    driver->start({});
    hear(2);
    hear(3);
  }
  void hear(std::uint8_t number) {
    membership::MemberStatement said;
    said.name = "n" + std::to_string(number);
    said.endpoint = endpoint(number);
    said.incarnation = 1;
    wire::Sealer sealer{{}, "", identity(number).id(), ++packets};
    wire::Packet packet{gossip::Message{gossip::Rumours{}}, {}};
    packet.statements.push_back(
        std::make_shared<const Bytes>(wire::sign_statement(identity(number), said)));
    driver->on_datagram(endpoint(number),
                        sealer.seal(wire::encode_packet(packet), world.wall_ms()));
  }
  /// How long until 2 is down; at most `ms_max`.
  int ms_until_down(int ms_max) {
    for (int ms = 0; ms < ms_max; ms += 10) {
      const Member* two = driver->members().find(identity(2).id());
      if (two == nullptr || two->state == MemberState::down) return ms;
      world.time = world.time + milliseconds{10};
      if (ms % 100 == 0) hear(3);
      driver->on_wakeup();
    }
    return ms_max;
  }
  MemberState state(std::uint8_t number) const {
    return driver->members().find(identity(number).id())->state;
  }

  IdlePorts world{};
  std::uint64_t packets = 0;
  std::unique_ptr<Driver> driver = std::make_unique<Driver>(idle_options(), world.ports());
};

TEST_CASE("driver: a silent member whose machine is gone is down without a suspicion",
          "[driver][gone]") {
  constexpr int kLong = 20'000;
  Trio without;
  const int usual = without.ms_until_down(kLong);
  Trio with;
  with.driver->on_gone({endpoint(2)});
  const int told = with.ms_until_down(kLong);
  CHECK(usual < kLong);
  CHECK(told + 1'000 < usual);
  CHECK(with.state(3) == MemberState::alive);
}

TEST_CASE("driver: words about itself and about nobody's address change nothing",
          "[driver][gone]") {
  Trio trio;
  const auto before = trio.driver->next_deadline();
  trio.driver->on_gone({});
  trio.driver->on_gone({endpoint(1), endpoint(9), {"10.0.0.2", 2}});
  CHECK(trio.driver->next_deadline() == before);
  CHECK(trio.state(1) == MemberState::alive);
  CHECK(trio.state(2) == MemberState::alive);
  CHECK(trio.state(3) == MemberState::alive);
}

}  // namespace
}  // namespace gossamer::driver
