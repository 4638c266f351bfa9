// An insider: he has the cluster's key, and a node key of his own.

#include <catch2/catch.hpp>

#include "unit/driver/idle_ports.hpp"
#include "wire/packet.hpp"

namespace gossamer::driver {
namespace {

constexpr std::size_t kSignatureBytes = 64;

/// Node 1 watches node 2, and node 9 is the insider.
struct Watched {
  Watched() {
    driver = std::make_unique<Driver>(idle_options(), world.ports());
    driver->start({});
    hear(2, {wire::sign_statement(identity(2), member("n2", 5))});
    hear(9, {wire::sign_statement(identity(9), member("n9", 5))});
    REQUIRE(driver->members().size() == 3);
  }
  static membership::MemberStatement member(const char* name, Incarnation incarnation) {
    membership::MemberStatement member;
    member.name = name;
    member.endpoint = {"10.0.0.2", 1};
    member.incarnation = incarnation;
    return member;
  }
  void hear(std::uint8_t from, const std::vector<Bytes>& statements) {
    wire::Sealer sealer{{}, "", identity(from).id(), ++salt};
    wire::Packet packet{gossip::Message{gossip::Rumours{}}, {}};
    for (const Bytes& one : statements) {
      packet.statements.push_back(std::make_shared<const Bytes>(one));
    }
    driver->on_datagram({"10.0.0.9", 1}, sealer.seal(wire::encode_packet(packet), world.wall_ms()));
  }
  /// What node 2 would say, under a signature that is not its own.
  template <class Body>
  static Bytes forged(const Body& body) {
    Bytes statement = wire::sign_statement(identity(2), body);
    const Bytes own = wire::sign_statement(identity(9), body);
    std::copy(own.end() - kSignatureBytes, own.end(), statement.end() - kSignatureBytes);
    return statement;
  }
  const Member& victim() const { return *driver->members().find(identity(2).id()); }

  IdlePorts world{};
  std::uint64_t salt = 0;
  std::unique_ptr<Driver> driver;
};

TEST_CASE("driver: an insider cannot raise another's number, and each try is counted",
          "[driver][hostile]") {
  Watched node;
  const std::uint64_t digest = node.driver->digest();
  for (Incarnation n = 6; n < 16; ++n) {
    node.hear(9, {Watched::forged(Watched::member("n2", n))});
  }
  CHECK(node.driver->counters().statements_forged == 10);
  CHECK(node.victim().incarnation == 5);
  CHECK(node.driver->digest() == digest);
}

TEST_CASE("driver: an insider cannot have another leave, or move it to another address",
          "[driver][hostile]") {
  Watched node;
  membership::MemberStatement goodbye = Watched::member("n2", 6);
  goodbye.is_leaving = true;
  membership::MemberStatement moved = Watched::member("n2", 7);
  moved.endpoint = {"10.0.0.66", 1};
  node.hear(9, {Watched::forged(goodbye), Watched::forged(moved)});
  CHECK(node.driver->counters().statements_forged == 2);
  CHECK(node.victim().state == MemberState::alive);
  CHECK(node.victim().endpoint == Endpoint{"10.0.0.2", 1});
}

TEST_CASE("driver: an insider cannot publish, change or withdraw another's record",
          "[driver][hostile]") {
  Watched node;
  naming::RecordStatement record;
  record.record.name = "db";
  record.record.node = identity(2).id();
  record.record.endpoint = {"10.0.0.2", 80};
  record.version = 1;
  node.hear(2, {wire::sign_statement(identity(2), record)});
  REQUIRE(node.driver->resolve("db").size() == 1);
  naming::RecordStatement changed = record;
  changed.version = 2;
  changed.record.endpoint = {"10.0.0.66", 80};
  naming::RecordStatement withdrawn = record;
  withdrawn.version = 3;
  withdrawn.is_withdrawn = true;
  node.hear(9, {Watched::forged(changed), Watched::forged(withdrawn)});
  CHECK(node.driver->counters().statements_forged == 2);
  REQUIRE(node.driver->resolve("db").size() == 1);
  CHECK(node.driver->resolve("db")[0].endpoint == Endpoint{"10.0.0.2", 80});
  // In his own name he may not speak of it either.
  node.hear(9, {wire::sign_statement(identity(9), changed)});
  CHECK(node.driver->counters().statements_malformed == 1);
}

TEST_CASE("driver: an insider's accusations are his own, and do not bury a member at once",
          "[driver][hostile]") {
  Watched node;
  node.world.time = node.world.time + std::chrono::seconds{1};
  node.driver->on_wakeup();
  const membership::Verdict down{identity(2).id(), 5, MemberState::down};
  node.hear(9, {wire::sign_statement(identity(9), down)});
  CHECK(node.victim().state == MemberState::suspect);
  node.hear(2, {wire::sign_statement(identity(2), Watched::member("n2", 6))});
  CHECK(node.victim().state == MemberState::alive);
  // Nor under a number that the accused has not said.
  const membership::Verdict beyond{identity(2).id(), 1'000, MemberState::down};
  node.hear(9, {wire::sign_statement(identity(9), beyond)});
  CHECK(node.victim().state == MemberState::alive);
  CHECK(node.victim().incarnation == 6);
}

TEST_CASE("driver: between the many statements of one packet others are answered",
          "[driver][hostile]") {
  Watched node;
  for (auto& answer : std::exchange(node.world.persisted, {})) answer({});
  std::vector<Bytes> many;
  for (Incarnation n = 1; n <= 2'000; ++n)
    many.push_back(Watched::forged(Watched::member("n2", 100 + n)));
  node.hear(9, many);
  const std::uint64_t read_at_once = node.driver->counters().statements_forged;
  CHECK(read_at_once < 500);
  // Its turn comes again and again, until all is read.
  for (int i = 0; i < 100; ++i) {
    const auto next = node.driver->next_deadline();
    if (!next || node.driver->counters().statements_forged == 2'000) break;
    node.world.time = std::max(node.world.time, *next);
    node.driver->on_wakeup();
  }
  CHECK(node.driver->counters().statements_forged == 2'000);
}

TEST_CASE("driver: of large packets no more than a few wait to be read", "[driver][hostile]") {
  Watched node;
  std::vector<Bytes> many(500, Watched::forged(Watched::member("n2", 100)));
  for (int i = 0; i < 20; ++i) node.hear(9, many);
  CHECK(node.driver->counters().packets_over_bound == 12);
}

TEST_CASE("driver: what is answered at length is asked by stream", "[driver][hostile]") {
  Watched node;
  gossip::SyncKeys question;
  for (std::uint16_t bucket = 0; bucket < gossip::kBucketCount; ++bucket) {
    question.buckets.push_back(bucket);
  }
  wire::Sealer sealer{{}, "", identity(2).id(), 77};
  const auto ask = [&] {
    return sealer.seal(wire::encode_packet({gossip::Message{question}, {}}), node.world.wall_ms());
  };
  for (auto& answer : std::exchange(node.world.persisted, {})) answer({});
  node.world.last_frame.clear();
  node.driver->on_datagram({"10.0.0.2", 1}, ask());
  CHECK(node.world.last_frame.empty());
  node.driver->on_frame({"10.0.0.2", 1}, ask());
  CHECK_FALSE(node.world.last_frame.empty());
}

}  // namespace
}  // namespace gossamer::driver
