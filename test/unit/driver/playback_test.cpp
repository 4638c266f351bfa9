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

// Frames under the victim's own identity, sealed by another process.
struct Double {
  explicit Double(std::uint64_t salt) : sealer{{}, "", identity(1).id(), salt} {}
  Bytes say(std::uint64_t wall_ms) { return sealer.seal(to_bytes("x"), wall_ms); }
  wire::Sealer sealer;
};

// A victim that has spoken.
struct Speaker : Victim {
  Speaker() {
    for (auto& done : world.persisted) done({});
    driver->on_datagram({"10.0.0.2", 1}, ping(world.wall_ms()));
    REQUIRE_FALSE(world.last_sent.empty());
  }
  void pass(Duration time) { world.time = world.time + time; }
  void hear(const Bytes& frame, int times = 1) {
    for (int i = 0; i < times; ++i) driver->on_datagram({"10.0.0.9", 1}, frame);
  }
};

TEST_CASE("driver: three frames that a twin seals are told as an alarm",
          "[driver][playback][identity]") {
  Speaker speaker;
  Double twin{8};
  for (int i = 0; i < 3; ++i) {
    speaker.pass(seconds{1});
    CHECK(speaker.world.alarms.empty());
    speaker.hear(twin.say(speaker.world.wall_ms()));
  }
  CHECK(speaker.rejected(wire::FrameReject::twin) == 3);
  REQUIRE(speaker.world.alarms.size() == 1);
  CHECK(speaker.world.alarms[0].find("speaks under this node's identity") != std::string::npos);
}

TEST_CASE("driver: a recording of one frame of a twin counts once, and not when it is old",
          "[driver][playback][identity]") {
  Speaker speaker;
  speaker.pass(seconds{1});
  Double twin{8};
  const Bytes frame = twin.say(speaker.world.wall_ms());
  speaker.hear(frame, 100);
  CHECK(speaker.rejected(wire::FrameReject::twin) == 1);
  CHECK(speaker.rejected(wire::FrameReject::replayed) == 99);
  CHECK(speaker.world.alarms.empty());
  speaker.pass(seconds{1});
  std::vector<Bytes> recorded;
  for (int i = 0; i < 3; ++i) recorded.push_back(twin.say(speaker.world.wall_ms()));
  speaker.pass(seconds{121});
  for (const Bytes& old : recorded) speaker.hear(old, 10);
  CHECK(speaker.rejected(wire::FrameReject::twin) == 1);
  CHECK(speaker.rejected(wire::FrameReject::late) == 30);
  for (const std::string& alarm : speaker.world.alarms) {
    CHECK(alarm.find("speaks under this node's identity") == std::string::npos);
  }
}

TEST_CASE("driver: what a node sealed before it restarted raises no alarm, however often it comes",
          "[driver][playback][identity]") {
  Double before{8};
  std::vector<Bytes> recorded;
  for (const std::uint64_t ago : {1'000ULL, 60'000ULL, 119'000ULL, 3'600'000ULL}) {
    recorded.push_back(before.say(IdlePorts{}.wall_ms() - ago));
    before.sealer = Double{8 + ago}.sealer;
  }
  Speaker speaker;
  for (const Bytes& frame : recorded) speaker.hear(frame, 3);
  CHECK(speaker.rejected(wire::FrameReject::own) == 12);
  CHECK(speaker.rejected(wire::FrameReject::twin) == 0);
  CHECK(speaker.world.alarms.empty());
}

TEST_CASE("driver: without a window old packets are heard", "[driver][playback]") {
  Victim victim{std::chrono::milliseconds{0}};
  victim.driver->on_datagram({"10.0.0.2", 1}, victim.ping(1));
  CHECK(victim.rejected(wire::FrameReject::late) == 0);
  CHECK(victim.world.alarms.empty());
}

}  // namespace
}  // namespace gossamer::driver
