// What somebody recorded, and plays back.

#include <catch2/catch.hpp>

#include "unit/driver/idle_ports.hpp"
#include "wire/packet.hpp"

namespace gossamer::driver {
namespace {

using std::chrono::seconds;

struct Victim {
  explicit Victim(std::chrono::milliseconds window = seconds{120}) {
    Options options = idle_options();
    options.membership.replay_window = window;
    driver = std::make_unique<Driver>(options, world.ports());
    driver->start({});
  }
  Bytes ping(std::uint64_t wall_ms) {
    return sealer.seal(
        wire::encode_packet({membership::Message{membership::Ping{1, identity(1).id()}}, {}}),
        wall_ms);
  }
  std::uint64_t rejected(wire::FrameReject reason) const {
    return driver->counters().frame_rejects[static_cast<std::size_t>(reason)];
  }

  IdlePorts world{};
  wire::Sealer sealer{{}, "", identity(2).id(), 7};
  std::unique_ptr<Driver> driver;
};

TEST_CASE("driver: a packet that is played back is counted and changes nothing",
          "[driver][playback]") {
  Victim victim;
  const Bytes frame = victim.ping(victim.world.wall_ms());
  victim.driver->on_datagram({"10.0.0.2", 1}, frame);
  const auto deadline = victim.driver->next_deadline();
  const std::uint64_t digest = victim.driver->digest();
  for (int i = 0; i < 1'000; ++i) {
    victim.driver->on_datagram({"10.0.0.9", 1}, frame);
    victim.driver->on_frame({"10.0.0.9", 1}, frame);
  }
  CHECK(victim.rejected(wire::FrameReject::replayed) == 2'000);
  CHECK(victim.driver->digest() == digest);
  CHECK(victim.driver->next_deadline() == deadline);
}

TEST_CASE("driver: a packet of long ago is counted, and told as an alarm once in a minute",
          "[driver][playback]") {
  Victim victim;
  for (int i = 0; i < 100; ++i) {
    victim.driver->on_datagram({"10.0.0.2", 1}, victim.ping(victim.world.wall_ms() - 121'000));
  }
  CHECK(victim.rejected(wire::FrameReject::late) == 100);
  REQUIRE(victim.world.alarms.size() == 1);
  CHECK(victim.world.alarms[0].find("was sent 121 s ago") != std::string::npos);
  victim.world.time = victim.world.time + seconds{61};
  victim.sealer = wire::Sealer{{}, "", identity(2).id(), 8};
  victim.driver->on_datagram({"10.0.0.2", 1}, victim.ping(victim.world.wall_ms() + 3'600'000));
  REQUIRE(victim.world.alarms.size() == 2);
  CHECK(victim.world.alarms[1].find("was sent 3600 s from now") != std::string::npos);
}

TEST_CASE("driver: without a window old packets are heard", "[driver][playback]") {
  Victim victim{std::chrono::milliseconds{0}};
  victim.driver->on_datagram({"10.0.0.2", 1}, victim.ping(1));
  CHECK(victim.rejected(wire::FrameReject::late) == 0);
  CHECK(victim.world.alarms.empty());
}

}  // namespace
}  // namespace gossamer::driver
