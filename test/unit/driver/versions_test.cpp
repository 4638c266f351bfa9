// Nodes of two versions of the wire in one cluster.

#include <catch2/catch.hpp>

#include "driver/version_choice.hpp"
#include "unit/driver/idle_ports.hpp"
#include "wire/packet.hpp"

namespace gossamer::driver {
namespace {

using std::chrono::seconds;
using wire::highest_common;
using wire::Version;
using wire::VersionRange;

constexpr VersionRange kOld = wire::kVersions;
constexpr VersionRange kNew{wire::kVersions.oldest, wire::kRehearsal};
constexpr std::size_t kVersionAt = 3;

/// A node, and a member that speaks to it.
struct Pair {
  explicit Pair(const VersionRange& reads) {
    Options options = idle_options();
    options.wire = reads;
    driver = std::make_unique<Driver>(options, world.ports());
    driver->start({});
    for (auto& answer : std::exchange(world.persisted, {})) answer({});
  }
  void hear(Version version, wire::Message message,
            const std::vector<wire::StatementBody>& bodies = {}, bool by_stream = false) {
    wire::Packet packet{std::move(message), {}};
    for (const auto& body : bodies) {
      packet.statements.push_back(
          std::make_shared<const Bytes>(wire::sign_statement(identity(2), body)));
    }
    const Bytes frame =
        sealer.seal(wire::encode_packet(packet, version), world.wall_ms(), {}, version);
    if (by_stream) return driver->on_frame({"10.0.0.2", 1}, frame);
    driver->on_datagram({"10.0.0.2", 1}, frame);
  }
  void hear_member(const VersionRange& reads) {
    membership::MemberStatement member;
    member.name = "n2";
    member.endpoint = {"10.0.0.2", 1};
    member.incarnation = ++incarnation;
    member.wire_oldest = reads.oldest;
    member.wire_newest = reads.newest;
    hear(1, gossip::Message{gossip::Rumours{}}, {member});
  }
  /// The version in which a ping, sent in `version`, is answered.
  Version answered_in(Version version) {
    world.last_sent.clear();
    hear(version, membership::Message{membership::Ping{1, identity(1).id()}});
    REQUIRE(world.last_sent.size() > kVersionAt);
    return world.last_sent[kVersionAt];
  }
  std::uint64_t refused() const {
    return driver->counters().frame_rejects[static_cast<std::size_t>(wire::FrameReject::version)];
  }

  IdlePorts world{};
  wire::Sealer sealer{{}, "", identity(2).id(), 7};
  Incarnation incarnation = 0;
  std::unique_ptr<Driver> driver;
};

TEST_CASE("driver: two nodes speak the highest version that both read, if there is one",
          "[driver][versions]") {
  CHECK(highest_common({1, 1}, {1, 1}) == Version{1});
  CHECK(highest_common({1, 2}, {1, 3}) == Version{2});
  CHECK(highest_common({2, 5}, {1, 3}) == Version{3});
  CHECK_FALSE(highest_common({1, 2}, {3, 4}).has_value());
  CHECK_FALSE(highest_common({3, 4}, {1, 2}).has_value());
}

TEST_CASE("driver: who has not said what it reads is spoken to in the oldest version",
          "[driver][versions]") {
  VersionChoice choice{{1, 3}};
  const Endpoint here{"10.0.0.2", 1};
  CHECK(choice.version_for(here) == 1);
  choice.on_member(identity(2).id(), here, {1, 2});
  CHECK(choice.version_for(here) == 2);
  choice.on_member(identity(2).id(), here, {4, 5});
  CHECK(choice.version_for(here) == 1);
}

TEST_CASE("driver: a member that moved or is forgotten leaves no version at its address",
          "[driver][versions]") {
  VersionChoice choice{{1, 2}};
  const Endpoint before{"10.0.0.2", 1};
  const Endpoint after{"10.0.0.3", 1};
  choice.on_member(identity(2).id(), before, {1, 2});
  choice.on_member(identity(2).id(), after, {1, 2});
  CHECK(choice.version_for(before) == 1);
  CHECK(choice.version_for(after) == 2);
  choice.forget(identity(2).id());
  CHECK(choice.version_for(after) == 1);
}

TEST_CASE("driver: where several say that they listen, the lowest of their versions is spoken",
          "[driver][versions]") {
  VersionChoice choice{{1, 3}};
  const Endpoint here{"10.0.0.2", 1};
  choice.on_member(identity(2).id(), here, {1, 3});
  // It was rolled back and lost its disk: another identity, and the first is not forgotten yet.
  choice.on_member(identity(3).id(), here, {1, 1});
  CHECK(choice.version_for(here) == 1);
  choice.on_member(identity(4).id(), here, {1, 2});
  CHECK(choice.version_for(here) == 1);
  choice.forget(identity(3).id());
  CHECK(choice.version_for(here) == 2);
  choice.forget(identity(4).id());
  CHECK(choice.version_for(here) == 3);
}

TEST_CASE(
    "driver: a new node speaks the new version with a new member, and the old one again after its "
    "rollback",
    "[driver][versions]") {
  Pair pair{kNew};
  CHECK(pair.answered_in(1) == 1);
  pair.hear_member(kNew);
  CHECK(pair.answered_in(wire::kRehearsal) == wire::kRehearsal);
  CHECK(pair.answered_in(1) == wire::kRehearsal);
  pair.hear_member(kOld);
  CHECK(pair.answered_in(1) == 1);
  CHECK(pair.driver->members().find(identity(2).id())->wire_version == kOld.newest);
  CHECK(pair.refused() == 0);
}

TEST_CASE(
    "driver: a true frame of a version that is not read is counted, and answered with what is read "
    "here",
    "[driver][versions]") {
  Pair pair{kOld};
  REQUIRE(pair.answered_in(wire::kRehearsal) == 1);
  CHECK(pair.refused() == 1);
  const auto answer = wire::Sealer{{}, "", identity(2).id(), 8}.open(pair.world.last_sent);
  REQUIRE(answer.has_value());
  const auto packet = wire::decode_packet(answer->payload);
  REQUIRE(packet.has_value());
  REQUIRE(packet->statements.size() == 1);
  const auto told = wire::decode_statement(*packet->statements.front());
  REQUIRE(told.has_value());
  CHECK(std::get<membership::MemberStatement>(told->body).wire_newest == kOld.newest);
  // Its message was not looked at, and people are told once.
  CHECK(pair.driver->members().size() == 1);
  for (int i = 0; i < 100; ++i) pair.hear(7, membership::Message{membership::Ack{}});
  CHECK(pair.refused() == 101);
  REQUIRE(pair.world.alarms.size() == 1);
  CHECK(pair.world.alarms[0].find("speaks version 2 of the wire, and this node reads 1 to 1") !=
        std::string::npos);
}

TEST_CASE("driver: answers to frames that are not read are bounded, and streams get none",
          "[driver][versions]") {
  Pair pair{kOld};
  const std::uint64_t before = pair.driver->counters().datagrams_out;
  for (int i = 0; i < 100; ++i) pair.hear(9, membership::Message{membership::Ack{}}, {}, true);
  CHECK(pair.driver->counters().datagrams_out == before);
  for (int i = 0; i < 100; ++i) pair.hear(9, membership::Message{membership::Ack{}});
  CHECK(pair.driver->counters().datagrams_out - before <= 16);
}

TEST_CASE("driver: what is not sealed is not told as a version", "[driver][versions]") {
  Pair pair{kOld};
  wire::ClusterKey other;
  other.bytes.fill(9);
  wire::Sealer outsider{other, "", identity(2).id(), 7};
  Bytes frame = outsider.seal(to_bytes("x"), pair.world.wall_ms(), {}, wire::kRehearsal);
  pair.driver->on_datagram({"10.0.0.2", 1}, frame);
  CHECK(pair.refused() == 0);
  CHECK(pair.world.alarms.empty());
}

}  // namespace
}  // namespace gossamer::driver
