// A cluster with an authority: who holds the cluster's key and no admission is not among them.

#include <catch2/catch.hpp>

#include "unit/driver/idle_ports.hpp"
#include "unit/driver/toy_node.hpp"
#include "wire/packet.hpp"

namespace gossamer::driver {
namespace {

using std::chrono::seconds;

constexpr std::uint64_t kNowS = 1'500'000'000;
const Endpoint kStrangersHome{"10.0.0.9", 1};

Endpoint home(std::uint8_t node) {
  return {"10.0.0." + std::to_string(node), 1};
}

Bytes admission(std::uint8_t node, std::uint64_t not_after_s = 0, std::string_view cluster = "") {
  return wire::encode_admission(
      wire::sign_admission(identity(100), identity(node).public_key(), cluster, not_after_s));
}

membership::MemberStatement member(std::uint8_t node, Bytes admission_of_it,
                                   Incarnation incarnation = 5) {
  membership::MemberStatement said;
  said.name = "n" + std::to_string(node);
  said.endpoint = home(node);
  said.incarnation = incarnation;
  said.admission = std::move(admission_of_it);
  return said;
}

Options admitting_options(std::uint8_t node = 1) {
  Options options = idle_options();
  options.identity = identity(node);
  options.name = "n" + std::to_string(node);
  options.endpoint = home(node);
  options.admission.authorities = {identity(100).public_key()};
  options.own_admission = admission(node);
  return options;
}

/// Node 1; 100 is its authority. 2 is admitted, 9 holds the cluster's key and nothing more.
struct Admitting {
  explicit Admitting(Options options = admitting_options(),
                     std::vector<NodeStore::Write> cached = {}) {
    driver = std::make_unique<Driver>(std::move(options), world.ports());
    driver->start(std::move(cached));
    for (auto& answer : std::exchange(world.persisted, {})) answer({});
  }
  void hear(std::uint8_t from, wire::Message message, const std::vector<Bytes>& statements = {},
            bool by_stream = false) {
    wire::Sealer sealer{{}, "", identity(from).id(), ++salt};
    wire::Packet packet{std::move(message), {}};
    for (const Bytes& one : statements) {
      packet.statements.push_back(std::make_shared<const Bytes>(one));
    }
    const Bytes frame = sealer.seal(wire::encode_packet(packet), world.wall_ms());
    if (by_stream) return driver->on_frame(home(from), frame);
    driver->on_datagram(home(from), frame);
  }
  template <class Body>
  void hear_said(std::uint8_t from, const Body& body) {
    hear(from, gossip::Message{gossip::Rumours{}}, {wire::sign_statement(identity(from), body)});
  }
  bool knows(std::uint8_t node) const {
    return driver->members().find(identity(node).id()) != nullptr;
  }
  MemberState state_of(std::uint8_t node) const {
    return driver->members().find(identity(node).id())->state;
  }
  void pass(std::chrono::seconds time) {
    world.time = world.time + time;
    driver->on_wakeup();
  }
  const Counters& counters() const { return driver->counters(); }

  IdlePorts world{};
  std::uint64_t salt = 0;
  std::unique_ptr<Driver> driver;
};

TEST_CASE(
    "driver: who is admitted by the authority joins, and who is not is neither held nor told on",
    "[driver][admission]") {
  Admitting node;
  node.hear_said(2, member(2, admission(2)));
  CHECK(node.knows(2));
  const std::uint64_t digest = node.driver->digest();
  node.hear_said(9, member(9, {}));
  node.hear_said(9, member(9, admission(2), 6));
  node.hear_said(9, member(9, admission(9, 0, "another"), 7));
  node.hear_said(9, member(9, admission(9, kNowS - 1), 8));
  CHECK_FALSE(node.knows(9));
  CHECK(node.driver->digest() == digest);
  CHECK(node.counters().statements_unadmitted == 4);
  CHECK(node.counters().packets_unadmitted == 4);
  // Told of once, and where it is.
  REQUIRE(node.world.alarms.size() == 1);
  CHECK(node.world.alarms[0].find(to_string(identity(9).id())) != std::string::npos);
  CHECK(node.world.alarms[0].find("10.0.0.9:1") != std::string::npos);
}

TEST_CASE(
    "driver: an admission by another authority, or that others relay, changes nothing of this",
    "[driver][admission]") {
  Admitting node;
  const Bytes by_another =
      wire::encode_admission(wire::sign_admission(identity(101), identity(9).public_key(), "", 0));
  node.hear_said(9, member(9, by_another));
  node.hear_said(2, member(2, admission(2)));
  node.hear(2, gossip::Message{gossip::Rumours{}},
            {wire::sign_statement(identity(9), member(9, {}, 6))});
  CHECK_FALSE(node.knows(9));
}

TEST_CASE("driver: who is not admitted cannot accuse a member, claim, publish or change the keys",
          "[driver][admission]") {
  Admitting node;
  node.hear_said(2, member(2, admission(2)));
  node.pass(seconds{1});
  const std::uint64_t digest = node.driver->digest();
  node.hear_said(9, membership::Verdict{identity(2).id(), 5, MemberState::down});
  node.hear_said(9, membership::Verdict{identity(2).id(), 5, MemberState::suspect});
  node.hear_said(9, ownership::ClaimAnnouncement{{"ledger", 0}, 8, identity(9).id(), 30});
  node.hear_said(9, ownership::SpecAnnouncement{"ledger", 3});
  node.hear_said(9, keys::RingStatement{1, keys::KeyRing{keys::ClusterKey{{7}}}});
  naming::RecordStatement record;
  record.record.name = "db";
  record.record.node = identity(9).id();
  record.record.endpoint = kStrangersHome;
  record.version = 1;
  node.hear_said(9, record);
  CHECK(node.state_of(2) == MemberState::alive);
  CHECK(node.driver->digest() == digest);
  CHECK(node.driver->key_ring() == keys::KeyRing{keys::ClusterKey{}});
  CHECK(node.driver->resolve("db").empty());
  CHECK(node.counters().statements_unadmitted == 6);
  // Nothing was verified for it: neither signatures nor an admission.
  CHECK(node.counters().statements_verified == 1);
}

TEST_CASE("driver: who is not admitted gets no answer, so it learns no statement",
          "[driver][admission]") {
  Admitting node;
  node.hear_said(2, member(2, admission(2)));
  node.hear_said(3, member(3, admission(3)));
  node.pass(seconds{1});
  node.world.last_sent.clear();
  node.world.last_frame.clear();
  const std::vector<Bytes> itself{wire::sign_statement(identity(9), member(9, {}))};
  node.hear(9, gossip::Message{gossip::SyncDigest{1, 1}}, itself);
  node.hear(9,
            gossip::Message{gossip::SyncWants{{{gossip::EntryKind::member, identity(2).id(), {}}}}},
            itself);
  node.hear(9, membership::Message{membership::Ping{1, identity(1).id()}}, itself);
  // Old news of another's, which a member would be corrected on.
  node.hear(9, gossip::Message{gossip::Rumours{}},
            {wire::sign_statement(identity(2),
                                  membership::Verdict{identity(3).id(), 1, MemberState::down})});
  for (const bool carries_itself : {false, true}) {
    node.hear(
        9, gossip::Message{gossip::SyncWants{{{gossip::EntryKind::member, identity(2).id(), {}}}}},
        carries_itself ? itself : std::vector<Bytes>{}, true);
  }
  CHECK(node.counters().packets_unadmitted == 6);
  CHECK(node.world.last_sent.empty());
  CHECK(node.world.last_frame.empty());
  // Whoever is admitted is answered.
  node.hear(2, membership::Message{membership::Ping{1, identity(1).id()}});
  CHECK_FALSE(node.world.last_sent.empty());
}

TEST_CASE("driver: a comparison carries what admits its sender, so that a newcomer can answer it",
          "[driver][admission]") {
  Admitting old;
  Admitting newcomer{admitting_options(2)};
  old.world.last_sent.clear();
  old.hear(2, gossip::Message{gossip::SyncDigest{1, 1}},
           {wire::sign_statement(identity(2), member(2, admission(2)))});
  REQUIRE_FALSE(old.world.last_sent.empty());
  newcomer.driver->on_datagram(home(1), old.world.last_sent);
  CHECK(newcomer.knows(1));
  CHECK(newcomer.counters().packets_unadmitted == 0);
}

TEST_CASE("driver: a list alone admits by id", "[driver][admission]") {
  Options options = idle_options();
  options.admission.allowed_nodes = {identity(2).id()};
  Admitting node{std::move(options)};
  node.hear_said(2, member(2, {}));
  node.hear_said(9, member(9, {}));
  CHECK(node.knows(2));
  CHECK_FALSE(node.knows(9));
}

TEST_CASE("driver: whose admission ends is down, not heard, and back when it is admitted anew",
          "[driver][admission]") {
  Admitting node;
  node.hear_said(2, member(2, admission(2, kNowS + 20)));
  node.hear_said(3, member(3, admission(3)));
  node.pass(seconds{1});
  REQUIRE(node.state_of(2) == MemberState::alive);
  node.pass(seconds{40});
  CHECK(node.state_of(2) == MemberState::down);
  node.hear_said(2, member(2, admission(2, kNowS + 20), 6));
  CHECK(node.state_of(2) == MemberState::down);
  CHECK(node.counters().packets_unadmitted == 1);
  node.hear_said(2, member(2, admission(2, kNowS + 1'000), 7));
  CHECK(node.state_of(2) == MemberState::alive);
}

TEST_CASE("driver: who was forgotten and is admitted is heard again, so that it can come back",
          "[driver][admission]") {
  Admitting node;
  node.hear_said(2, member(2, admission(2)));
  membership::MemberStatement goodbye = member(2, admission(2), 6);
  goodbye.is_leaving = true;
  node.hear_said(2, goodbye);
  node.pass(seconds{1});
  node.pass(std::chrono::hours{25});
  REQUIRE_FALSE(node.knows(2));
  const std::uint64_t dropped = node.counters().packets_unadmitted;
  // What it said before is old news by now, but it is asked whether it lives.
  node.hear_said(2, member(2, admission(2), 5));
  node.hear_said(2, member(2, admission(2), 5));
  CHECK(node.knows(2));
  CHECK(node.counters().packets_unadmitted == dropped);
}

TEST_CASE("driver: of what is in the cache only records of admitted nodes are recalled",
          "[driver][admission]") {
  const auto entry = [](std::uint8_t of, const wire::StatementBody& body, const std::string& kind) {
    const auto bytes = wire::sign_statement(identity(of), body);
    return NodeStore::Write{kind + "/" + to_string(identity(of).id()), bytes};
  };
  const auto record = [](std::uint8_t of) {
    naming::RecordStatement said;
    said.record.name = "db" + std::to_string(of);
    said.record.node = identity(of).id();
    said.record.endpoint = home(of);
    said.version = 1;
    return said;
  };
  const std::vector<NodeStore::Write> cached{
      entry(2, member(2, admission(2)), "member"), entry(9, member(9, {}), "member"),
      entry(2, record(2), "record"), entry(9, record(9), "record")};
  Admitting node{admitting_options(), cached};
  CHECK(node.driver->resolve("db2").size() == 1);
  CHECK(node.driver->resolve("db9").empty());
  Options without = admitting_options();
  without.admission = {};
  Admitting believing{std::move(without), cached};
  CHECK(believing.driver->resolve("db9").size() == 1);
}

TEST_CASE("driver: a node tells in time that its own admission ends, and that it has ended",
          "[driver][admission]") {
  Options options = admitting_options();
  options.own_admission = admission(1, kNowS + 3'600);
  Admitting node{std::move(options)};
  node.pass(seconds{60});
  REQUIRE(node.world.alarms.size() == 1);
  CHECK(node.world.alarms[0].find("ends in 0 h") != std::string::npos);
  node.pass(seconds{3'700});
  node.pass(seconds{60});
  REQUIRE(node.world.alarms.size() == 2);
  CHECK(node.world.alarms[1].find("has ended") != std::string::npos);
}

TEST_CASE("driver: an admission is verified once, however often its node speaks",
          "[driver][admission]") {
  Admitting node;
  for (Incarnation n = 5; n < 15; ++n) node.hear_said(2, member(2, admission(2, kNowS + 1'000), n));
  CHECK(node.counters().admissions_verified == 1);
  node.hear_said(2, member(2, admission(2), 20));
  CHECK(node.counters().admissions_verified == 2);
}

TEST_CASE(
    "driver: what nobody owns is given up when its author is forgotten, and the keys are vouched "
    "for",
    "[driver][admission]") {
  Admitting node;
  node.hear_said(2, member(2, admission(2, kNowS + 20)));
  node.hear_said(2, ownership::SpecAnnouncement{"ledger", 3});
  node.hear_said(2, ownership::ClaimAnnouncement{{"ledger", 0}, 8, identity(2).id(), 30});
  node.hear_said(
      2, keys::RingStatement{1, keys::KeyRing{{keys::ClusterKey{}, keys::ClusterKey{{7}}}}});
  REQUIRE(node.driver->key_ring().keys().size() == 2);
  node.pass(seconds{40});
  CHECK(node.driver->key_ring().keys().size() == 2);

  // A newcomer, to whom node 2 means nothing, believes the keys by the word of node 1.
  Admitting newcomer{admitting_options(3)};
  newcomer.world.time = node.world.time;
  const std::vector<Bytes> itself{wire::sign_statement(identity(3), member(3, admission(3)))};
  node.hear(3, gossip::Message{gossip::SyncDigest{1, 1}}, itself);
  newcomer.driver->on_datagram(home(1), node.world.last_sent);
  const auto wanted = [](gossip::EntryKind kind, std::string name) {
    return gossip::EntryKey{kind, {}, std::move(name)};
  };
  node.hear(3,
            gossip::Message{gossip::SyncWants{{wanted(gossip::EntryKind::key_ring, ""),
                                               wanted(gossip::EntryKind::spec, "ledger"),
                                               wanted(gossip::EntryKind::claim, "ledger/0")}}},
            {}, true);
  REQUIRE_FALSE(node.world.last_frame.empty());
  newcomer.driver->on_frame(home(1), node.world.last_frame);
  CHECK(newcomer.driver->key_ring().keys().size() == 2);
  CHECK(newcomer.counters().statements_unadmitted == 0);
}

TEST_CASE("driver: a node whose own admission has ended gives up its units, and takes no others",
          "[driver][admission]") {
  ToyLoop loop;
  ToyObjects objects{loop};
  ToyStores stores{loop};
  std::array<std::uint8_t, wire::Identity::kSeedBytes> seed{};
  seed.fill(5);  // A toy node's.
  const auto toy = wire::Identity::from_seed(seed);
  ToyNode node{objects, stores, loop, 1,
               wire::encode_admission(wire::sign_admission(identity(100), toy.public_key(), "toys",
                                                           ToyNode::kWallS + 3600))};
  node.run_ledger();
  node.wall_s_passed = 3599;
  node.advance_s(30);
  CHECK(node.is_running());
  node.wall_s_passed = 3601;
  node.advance_s(30);
  CHECK_FALSE(node.is_running());
  CHECK(node.driver().owned_units().empty());
  const int starts = node.starts;
  node.advance_s(300);
  CHECK(node.starts == starts);
}

TEST_CASE(
    "driver: of two admissions of one node the one that ends later counts, whoever brings the "
    "other up again",
    "[driver][admission]") {
  Admitting node;
  node.hear_said(2, member(2, admission(2, kNowS + 1'000'000)));
  Bytes old = wire::sign_statement(identity(2), member(2, admission(2, kNowS + 60), 900));
  old.back() ^= 1;  // Nobody signed that.
  node.hear(9, gossip::Message{gossip::Rumours{}}, {old});
  CHECK(node.counters().statements_forged == 1);
  node.pass(seconds{120});
  CHECK(node.state_of(2) != MemberState::down);
}

TEST_CASE(
    "driver: whose admission ends is told so by a verdict, so that it answers if it was admitted "
    "anew",
    "[driver][admission]") {
  Admitting node;
  node.hear_said(2, member(2, admission(2, kNowS + 60)));
  node.pass(seconds{120});
  REQUIRE(node.state_of(2) == MemberState::down);
  node.hear_said(2, member(2, admission(2, kNowS + 1'000'000), 6));
  CHECK(node.state_of(2) == MemberState::alive);
}

}  // namespace
}  // namespace gossamer::driver
