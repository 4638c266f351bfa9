// The cluster's keys as the driver hears, keeps and uses them.

#include <catch2/catch.hpp>

#include "keys/rotation.hpp"
#include "unit/driver/idle_ports.hpp"
#include "wire/packet.hpp"

namespace gossamer::driver {
namespace {

using std::chrono::seconds;

wire::ClusterKey key(std::uint8_t number) {
  wire::ClusterKey key;
  key.bytes.fill(number);
  return key;
}

/// A node, and a member that speaks to it.
struct Pair {
  explicit Pair(Bytes kept = {}, std::uint8_t given = 1) {
    Options options = idle_options();
    options.key = key(given);
    options.kept_keys = std::move(kept);
    driver = std::make_unique<Driver>(options, world.ports());
    driver->start({});
  }
  void hear(const wire::ClusterKey& with, const std::vector<wire::StatementBody>& bodies = {}) {
    wire::Sealer sealer{with, "", identity(2).id(), ++salt};
    wire::Packet packet{gossip::Message{gossip::Rumours{}}, {}};
    for (const auto& body : bodies) {
      packet.statements.push_back(
          std::make_shared<const Bytes>(wire::sign_statement(identity(2), body)));
    }
    driver->on_datagram({"10.0.0.2", 1}, sealer.seal(wire::encode_packet(packet), world.wall_ms()));
  }
  void hear_member(std::vector<wire::ClusterKey> held) {
    membership::MemberStatement member;
    member.name = "n2";
    member.endpoint = {"10.0.0.2", 1};
    member.incarnation = ++incarnation;
    for (const auto& one : held) member.key_ids.push_back(one.id());
    hear(key(1), {member});
  }
  /// The disk has it.
  void keep() {
    auto answers = std::exchange(world.secrets_kept, {});
    for (auto& answer : answers) answer({});
  }
  std::uint64_t unknown() const {
    return driver->counters()
        .frame_rejects[static_cast<std::size_t>(wire::FrameReject::unknown_key)];
  }
  std::size_t held_by(std::uint8_t number) const {
    for (const KeyStatus& status : driver->keys()) {
      if (status.id == key(number).id()) return status.held_by;
    }
    return 0;
  }

  IdlePorts world{};
  std::uint64_t salt = 0;
  std::uint64_t incarnation = 0;
  std::unique_ptr<Driver> driver;
};

TEST_CASE(
    "driver: a ring of keys that a member tells is used at once, and said to be held once it is "
    "durable",
    "[driver][keys]") {
  Pair pair;
  pair.hear(key(2));
  CHECK(pair.unknown() == 1);
  pair.hear(key(1), {keys::RingStatement{1, keys::KeyRing{{key(1), key(2)}}}});
  pair.hear(key(2));
  CHECK(pair.unknown() == 1);
  CHECK(pair.held_by(2) == 0);
  CHECK(pair.world.secrets.size() == 1);
  pair.keep();
  CHECK(pair.held_by(2) == 1);
}

TEST_CASE(
    "driver: a disk that refuses the keys is an alarm, and the node does not say that it has them",
    "[driver][keys]") {
  Pair pair;
  pair.hear(key(1), {keys::RingStatement{1, keys::KeyRing{{key(1), key(2)}}}});
  REQUIRE(pair.world.secrets_kept.size() == 1);
  pair.world.secrets_kept[0](fail(ErrorCode::io, "no space left on device"));
  CHECK(pair.held_by(2) == 0);
  REQUIRE(pair.world.alarms.size() == 1);
  CHECK(pair.world.alarms[0].find("no space left") != std::string::npos);
}

TEST_CASE("driver: however often the keys change, one write of them is under way, of the newest",
          "[driver][keys]") {
  Pair pair;
  for (std::uint64_t n = 1; n <= 100; ++n) {
    pair.hear(key(1), {keys::RingStatement{
                          n, keys::KeyRing{{key(1), key(static_cast<std::uint8_t>(n + 1))}}}});
  }
  CHECK(pair.world.secrets_kept.size() == 1);
  pair.keep();
  REQUIRE(pair.world.secrets_kept.size() == 1);
  CHECK(pair.held_by(101) == 0);
  pair.keep();
  CHECK(pair.world.secrets_kept.empty());
  CHECK(pair.held_by(101) == 1);
}

TEST_CASE("driver: the keys are changed step by step, each waiting for the live members",
          "[driver][keys]") {
  Pair pair;
  pair.hear_member({key(1)});
  REQUIRE(pair.driver->add_key(key(2)).has_value());
  pair.keep();
  const auto early = pair.driver->use_key(key(2).id());
  REQUIRE_FALSE(early.has_value());
  CHECK(early.error().detail.find("n2") != std::string::npos);
  pair.hear_member({key(1), key(2)});
  REQUIRE(pair.driver->use_key(key(2).id()).has_value());
  pair.keep();
  REQUIRE_FALSE(pair.driver->remove_key(key(1).id()).has_value());
  pair.hear_member({key(2), key(1)});
  REQUIRE(pair.driver->remove_key(key(1).id()).has_value());
  CHECK(pair.driver->key_ring() == keys::KeyRing{key(2)});
  // What is on its way is opened for a while.
  pair.hear(key(1));
  CHECK(pair.unknown() == 0);
  pair.world.time = pair.world.time + keys::Rotation::kRetirement;
  pair.driver->on_wakeup();
  pair.hear(key(1));
  CHECK(pair.unknown() == 1);
}

TEST_CASE(
    "driver: who speaks in an old key is answered in it, unless he is known to hold the primary",
    "[driver][keys]") {
  Pair pair;
  // Packets wait for the boot counter.
  for (auto& answer : std::exchange(pair.world.persisted, {})) answer({});
  pair.hear(key(1), {keys::RingStatement{1, keys::KeyRing{{key(2), key(1)}}}});
  const auto answered_in = [&] {
    wire::Sealer sealer{key(1), "", identity(2).id(), ++pair.salt};
    const membership::Message ping{membership::Ping{1, identity(1).id()}};
    pair.driver->on_datagram({"10.0.0.2", 1},
                             sealer.seal(wire::encode_packet({ping, {}}), pair.world.wall_ms()));
    REQUIRE(pair.world.last_sent.size() > 8);
    return Bytes(pair.world.last_sent.begin() + 4, pair.world.last_sent.begin() + 8);
  };
  const auto id_bytes = [](const wire::ClusterKey& of) {
    const std::uint32_t id = of.id();
    return Bytes{static_cast<std::uint8_t>(id), static_cast<std::uint8_t>(id >> 8U),
                 static_cast<std::uint8_t>(id >> 16U), static_cast<std::uint8_t>(id >> 24U)};
  };
  CHECK(answered_in() == id_bytes(key(1)));
  pair.hear_member({key(2), key(1)});
  CHECK(answered_in() == id_bytes(key(2)));
}

TEST_CASE(
    "driver: after a restart the node has the keys that it kept, and none that it was not told",
    "[driver][keys]") {
  Pair before;
  before.hear(key(1), {keys::RingStatement{3, keys::KeyRing{{key(2), key(3)}}}});
  Pair after{before.world.secrets.at("cluster.keys")};
  CHECK(after.driver->key_ring() == keys::KeyRing{{key(2), key(3)}});
  CHECK(after.held_by(3) == 1);
  CHECK(after.world.secrets.empty());
  after.hear(key(1));
  CHECK(after.unknown() == 1);

  // The user has given it another key since: it is the primary until the ring is heard again.
  Pair given{before.world.secrets.at("cluster.keys"), 9};
  CHECK(given.driver->key_ring().primary() == key(9));
  CHECK(given.world.secrets.size() == 1);
  // And once kept with it, that file is no news any more.
  Pair again{given.world.secrets.at("cluster.keys"), 9};
  CHECK(again.driver->key_ring().primary() == key(2));
}

TEST_CASE("driver: a file of keys that cannot be read is an alarm, and the given key is used",
          "[driver][keys]") {
  Pair pair{Bytes(50, 7)};
  CHECK(pair.driver->key_ring() == keys::KeyRing{key(1)});
  CHECK(pair.world.alarms.size() == 1);
}

}  // namespace
}  // namespace gossamer::driver
