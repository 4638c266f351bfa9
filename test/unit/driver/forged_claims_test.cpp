// An insider makes up epochs: claims that no journal holds, and records of them.

#include "base/counter.hpp"
#include "toys.hpp"
#include "wire/packet.hpp"
#include "wire/statement.hpp"

namespace gossamer::driver {
namespace {

using journal::EntryType;
using journal::JournalEntry;

wire::Identity insider(std::uint8_t number) {
  std::array<std::uint8_t, wire::Identity::kSeedBytes> seed{};
  seed.fill(number);
  return wire::Identity::from_seed(seed);
}

/// A toy node in a cluster of three: node 2 is honest, node 9 is the insider.
struct Cluster : Toys {
  Cluster() { meet(); }
  /// They answer no probes, so now and then they must speak up.
  void meet() {
    ++incarnation;
    for (const std::uint8_t number : {std::uint8_t{2}, std::uint8_t{9}})
      hear(number, member(number, incarnation));
    REQUIRE(node.driver().members().live_count() == 3);
  }
  void run_ledger() {
    node.run_ledger();
    meet();
  }
  static membership::MemberStatement member(std::uint8_t number, Incarnation incarnation) {
    membership::MemberStatement said;
    said.name = "n" + std::to_string(number);
    said.endpoint = {"10.0.0." + std::to_string(number), 7946};
    said.incarnation = incarnation;
    said.store_id = "toy-store";
    said.store_place = "toy:";
    return said;
  }
  void hear(std::uint8_t from, const wire::StatementBody& body) {
    const wire::Identity identity = insider(from);
    wire::Sealer sealer{{}, "toys", identity.id(), ++salt};
    wire::Packet packet{gossip::Message{gossip::Rumours{}}, {}};
    packet.statements.push_back(
        std::make_shared<const Bytes>(wire::sign_statement(identity, body)));
    node.driver().on_datagram({"10.0.0." + std::to_string(from), 7946},
                              sealer.seal(wire::encode_packet(packet), 1'500'000'000'000));
  }
  void hear_claim(std::uint8_t from, Epoch epoch, std::uint64_t slot) {
    hear(from, ownership::ClaimAnnouncement{kUnit, epoch, insider(from).id(), slot});
  }
  void hear_record(std::uint8_t from, Epoch epoch, std::uint64_t version = 1) {
    naming::RecordStatement said;
    said.record.name = kUnit.service;
    said.record.node = insider(from).id();
    said.record.endpoint = {"10.0.0.66", 80};
    said.record.epoch = epoch;
    said.version = version;
    hear(from, said);
  }
  void claim_in_journal(std::uint8_t by, Epoch epoch, journal::Slot slot) {
    JournalEntry entry;
    entry.type = EntryType::claim;
    entry.writer = insider(by).id();
    entry.epoch = epoch;
    entry.spec_version = 1;
    objects.hold(journal::slot_key(kUnit, slot), entry);
  }
  /// The epoch that the unit resolves to here; 0: it does not.
  Epoch resolved() {
    const auto record = node.driver().resolve(kUnit);
    return record ? record->epoch : 0;
  }
  const Counters& counters() { return node.driver().counters(); }
  void run_posted() { node.advance(Duration{0}); }

  std::uint64_t salt = 0;
  Incarnation incarnation = 0;
};

TEST_CASE("driver: a claim of 2^62 that nobody made blocks a name for one read, and is counted",
          "[driver][hostile]") {
  Cluster one;
  one.run_ledger();
  REQUIRE(one.resolved() == 1);
  one.run_posted();
  const std::uint64_t digest = one.node.driver().digest();
  const std::uint64_t slot = GENERATE(0U, 1U, 7U, 1U << 30);
  CAPTURE(slot);
  const auto requests = one.counters().objects_requests;
  one.hear_claim(9, kCounterMax, slot);
  CHECK(one.resolved() == 0);
  CHECK(one.node.driver().doubted(kUnit)->epoch == kCounterMax);
  one.run_posted();
  CHECK(one.resolved() == 1);
  CHECK(one.counters().claims_refuted == 1);
  CHECK(one.counters().objects_requests - requests <= (slot == 0 ? 2 : 1));
  // The owner's own announcement is in its place again.
  CHECK(one.node.driver().digest() == digest);
  // He is not asked about again, whatever he says of it.
  for (Epoch epoch = 2; epoch < 50; ++epoch) one.hear_claim(9, epoch, epoch);
  one.hear_claim(9, kCounterMax, slot);
  one.run_posted();
  CHECK(one.counters().claims_refuted == 1);
  CHECK(one.counters().objects_requests - requests <= (slot == 0 ? 2 : 1));
  CHECK(one.resolved() == 1);
  CHECK(one.node.driver().digest() == digest);
  CHECK(one.node.starts == 1);
  REQUIRE(one.node.driver().units().size() == 1);
  CHECK(one.node.driver().units()[0].owner == one.node.driver().id());
  CHECK(one.node.driver().units()[0].epoch == 1);
}

TEST_CASE("driver: a claim beyond 2^62 is not even read", "[driver][hostile]") {
  Cluster one;
  one.run_ledger();
  one.hear_claim(9, UINT64_MAX, 1);
  one.hear_record(9, UINT64_MAX);
  CHECK(one.counters().statements_malformed == 2);
  CHECK(one.resolved() == 1);
}

TEST_CASE("driver: a record of 2^62 that nobody claimed blocks no name, and is counted",
          "[driver][hostile]") {
  Cluster one;
  one.run_ledger();
  one.hear_record(9, kCounterMax);
  CHECK(one.resolved() == 1);
  one.run_posted();
  CHECK(one.resolved() == 1);
  CHECK(one.counters().claims_refuted == 1);
  const auto requests = one.counters().objects_requests;
  for (std::uint64_t version = 2; version < 50; ++version) {
    one.hear_record(9, kCounterMax - version, version);
  }
  one.run_posted();
  CHECK(one.counters().claims_refuted == 1);
  CHECK(one.counters().objects_requests == requests);
  CHECK(one.resolved() == 1);
}

TEST_CASE("driver: while the object store is silent a claim that was heard stays in doubt",
          "[driver][hostile]") {
  Cluster one;
  one.run_ledger();
  one.objects.is_silent = true;
  one.hear_claim(9, kCounterMax, 2);
  one.node.advance_s(40);
  CHECK(one.resolved() == 0);
  CHECK(one.counters().claims_refuted == 0);
  one.objects.is_silent = false;
  one.node.advance_s(60);
  CHECK(one.resolved() == 1);
  CHECK(one.counters().claims_refuted == 1);
}

TEST_CASE("driver: a slot that is said to hold a claim is read as far as a claim goes",
          "[driver][hostile]") {
  Cluster one;
  one.run_ledger();
  JournalEntry batch;
  batch.type = EntryType::batch;
  batch.epoch = 1;
  batch.commits.push_back({1, Bytes(100'000)});
  one.objects.hold(journal::slot_key(kUnit, 9), batch);
  one.hear_claim(9, kCounterMax, 9);
  one.run_posted();
  CHECK(one.counters().claims_refuted == 1);
  CHECK(one.counters().objects_forged == 0);
  CHECK(one.resolved() == 1);
}

TEST_CASE("driver: a claim that the journal holds is read once, and stops the owner that it outdid",
          "[driver][hostile]") {
  Cluster one;
  one.run_ledger();
  one.claim_in_journal(2, 2, 2);
  one.hear_claim(2, 2, 2);
  one.hear_record(2, 2);
  CHECK(one.resolved() == 0);
  one.run_posted();
  CHECK(one.resolved() == 2);
  CHECK(one.counters().claims_refuted == 0);
  CHECK_FALSE(one.node.is_running());
  CHECK(one.node.told<UnitFenced>().size() == 1);
  CHECK(one.node.driver().units()[0].owner == insider(2).id());
}

TEST_CASE("driver: made-up epochs do not keep a node from claiming when the owner goes",
          "[driver][hostile]") {
  Cluster one;
  one.claim_in_journal(2, 1, 1);
  one.objects.hold(journal::spec_key("ledger", 1), ownership::SpecVersion{ledger_spec(), 1, false});
  one.hear(2, ownership::SpecAnnouncement{"ledger", 1});
  one.hear_claim(2, 1, 1);
  one.hear_record(2, 1);
  one.run_posted();
  REQUIRE(one.resolved() == 1);
  one.hear_claim(9, kCounterMax, 1);
  one.hear_record(9, kCounterMax);
  one.run_posted();
  CHECK(one.resolved() == 1);
  CHECK(one.node.driver().units()[0].epoch == 1);
  CHECK(one.node.driver().units()[0].owner == insider(2).id());
  membership::MemberStatement goodbye = Cluster::member(2, one.incarnation + 1);
  goodbye.is_leaving = true;
  one.hear(2, goodbye);
  one.node.advance_s(60);
  REQUIRE(one.node.is_running());
  CHECK(one.node.store->epoch() == 2);
  CHECK(one.resolved() == 2);
}

TEST_CASE(
    "driver: a node that takes over two hundred units at once is believed of all, told a few times",
    "[driver][hostile]") {
  Cluster one;
  one.run_ledger();
  constexpr std::uint32_t kUnits = 200;
  const auto unit = [](std::uint32_t n) { return UnitId{"shop", n}; };
  JournalEntry entry;
  entry.type = EntryType::claim;
  entry.writer = insider(2).id();
  entry.epoch = 1;
  entry.spec_version = 1;
  for (std::uint32_t n = 0; n < kUnits; ++n) one.objects.hold(journal::slot_key(unit(n), 1), entry);
  const auto tell = [&](std::uint8_t by, Epoch epoch) {
    for (std::uint32_t n = 0; n < kUnits; ++n) {
      one.hear(by, ownership::ClaimAnnouncement{unit(n), epoch, insider(by).id(), 1});
    }
  };
  for (int times = 0; times < 14; ++times) {
    tell(9, kCounterMax);  // Somebody lies about all of them meanwhile.
    tell(2, 1);
    one.run_posted();
  }
  one.objects.is_silent = true;
  for (std::uint32_t n = 0; n < kUnits; ++n) {
    naming::RecordStatement said;
    said.record.name = "shop";
    said.record.ordinal = n;
    said.record.node = insider(2).id();
    said.record.endpoint = {"10.0.0.2", 80};
    said.record.epoch = 1;
    said.version = 1;
    one.hear(2, said);
  }
  CHECK(one.node.driver().resolve("shop").size() == kUnits);
}

}  // namespace
}  // namespace gossamer::driver
