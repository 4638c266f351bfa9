// Somebody writes into the object store and does not hold the data key: what is there may be
// destroyed, and nothing of theirs is believed.

#include "driver/journal_orders.hpp"
#include "toys.hpp"

namespace gossamer::driver {
namespace {

using journal::EntryType;
using journal::JournalEntry;

const std::string kSlot2 = journal::slot_key(kUnit, 2);
const std::string kSecondSpec = journal::spec_key("ledger", 2);

JournalEntry claim_by_another(Epoch epoch) {
  JournalEntry entry;
  entry.type = EntryType::claim;
  entry.writer.bytes[0] = 9;
  entry.epoch = epoch;
  entry.spec_version = 1;
  return entry;
}

/// What comes of looking at an object, without an engine that decides on it.
struct Reader {
  Reader()
      : orders{objects,
               {kToyDataKey, [this] { ++forged; }},
               stores,
               counters,
               [this](journal::Op, journal::Answer given) { answer = std::move(given); }} {}

  journal::EntryRead entry(const UnitId& unit, journal::Slot slot) {
    orders(journal::GetEntry{1, unit, slot});
    loop.run_posted();
    return std::get<journal::EntryRead>(*std::exchange(answer, std::nullopt));
  }
  journal::ManifestRead manifest(const std::string& key) {
    orders(journal::GetManifest{1, key});
    loop.run_posted();
    return std::get<journal::ManifestRead>(*std::exchange(answer, std::nullopt));
  }
  void hold_manifest(const std::string& key) {
    journal::Manifest manifest;
    manifest.unit = kUnit;
    objects.held[key] = wire::encode_manifest(manifest, {kToyDataKey, key});
  }

  int forged = 0;
  ToyLoop loop{};
  ToyObjects objects{loop};
  ToyStores stores{loop};
  Counters counters{};
  std::optional<journal::Answer> answer{};
  JournalOrders orders;
};

void check_refused(const Reader& reader, bool is_corrupt, const std::string& detail) {
  CHECK(is_corrupt);
  CHECK(detail.find("its seal does not hold") != std::string::npos);
  CHECK(reader.forged == 1);
}

TEST_CASE("driver: an entry with an altered byte is damage, and is counted", "[driver][forged]") {
  Reader reader;
  reader.objects.hold(kSlot2, claim_by_another(2));
  REQUIRE(reader.entry(kUnit, 2).entry != nullptr);
  CHECK(reader.forged == 0);
  reader.objects.held[kSlot2].back() ^= 1;
  const auto read = reader.entry(kUnit, 2);
  check_refused(reader, read.is_corrupt, read.outcome.detail);
}

TEST_CASE("driver: an entry in another slot, unit or service than it was made for is damage",
          "[driver][forged]") {
  Reader reader;
  const UnitId from = GENERATE(UnitId{"ledger", 0}, UnitId{"ledger", 1}, UnitId{"ledges", 0});
  const std::string home = journal::slot_key(from, from == kUnit ? 3 : 2);
  reader.objects.hold(home, claim_by_another(2));
  reader.objects.held[kSlot2] = reader.objects.held[home];
  const auto read = reader.entry(kUnit, 2);
  CHECK(read.entry == nullptr);
  check_refused(reader, read.is_corrupt, read.outcome.detail);
}

TEST_CASE("driver: of two slots whose entries were swapped neither is read", "[driver][forged]") {
  Reader reader;
  const std::string slot3 = journal::slot_key(kUnit, 3);
  reader.objects.hold(kSlot2, claim_by_another(2));
  reader.objects.hold(slot3, claim_by_another(3));
  std::swap(reader.objects.held[kSlot2], reader.objects.held[slot3]);
  CHECK(reader.entry(kUnit, 2).is_corrupt);
  CHECK(reader.entry(kUnit, 3).is_corrupt);
  CHECK(reader.forged == 2);
}

TEST_CASE("driver: an older manifest under a newer one's name is damage", "[driver][forged]") {
  Reader reader;
  const std::string older = "files/ledger/0/00000000000000000001-1-aa";
  const std::string newer = "files/ledger/0/00000000000000000002-1-bb";
  reader.hold_manifest(older);
  REQUIRE(reader.manifest(older).manifest != nullptr);
  reader.objects.held[newer] = reader.objects.held[older];
  const auto read = reader.manifest(newer);
  CHECK(read.manifest == nullptr);
  check_refused(reader, read.is_corrupt, read.outcome.detail);
}

TEST_CASE("driver: a claim forged without the data key fences nobody's epoch away",
          "[driver][forged]") {
  Toys toys;
  toys.node.run_ledger();
  const wire::DataKey theirs{{8}};
  toys.objects.held[kSlot2] = wire::encode_journal_entry(claim_by_another(5), {theirs, kSlot2});
  const auto sent = toys.node.commit("sent", Durability::frozen);
  toys.node.advance_s(120);
  // The slot is taken, so the owner cannot go on; but nobody is believed to own the unit in
  // epoch 5.
  CHECK((*sent)->error().code == ErrorCode::unknown_outcome);
  for (const auto& changed : toys.node.told<OwnershipChanged>()) CHECK(changed.epoch <= 1);
  CHECK(toys.node.driver().counters().objects_forged > 0);
  const auto alarms = toys.node.told<Alarm>();
  REQUIRE_FALSE(alarms.empty());
  CHECK(std::any_of(alarms.begin(), alarms.end(), [](const Alarm& alarm) {
    return alarm.detail.find("its seal does not hold") != std::string::npos;
  }));
  // Taken away by a person, the unit goes on with what it had.
  toys.objects.held.erase(kSlot2);
  toys.node.advance_s(1200);
  REQUIRE(toys.node.is_running());
  CHECK(toys.node.store->epoch() == 2);
}

TEST_CASE("driver: a spec forged without the data key is not heeded, and is counted",
          "[driver][forged]") {
  Toys toys;
  toys.node.run_ledger();
  const bool is_copied = GENERATE(false, true);
  const wire::DataKey theirs{{8}};
  const ownership::SpecVersion undeploy{ledger_spec(), 2, true};
  if (is_copied) {
    toys.objects.held[kSecondSpec] = toys.objects.held[journal::spec_key("ledger", 1)];
  } else {
    toys.objects.held[kSecondSpec] = wire::encode_spec(undeploy, {theirs, kSecondSpec});
  }
  toys.node.advance_s(100);
  CHECK(toys.node.is_running());
  CHECK(toys.node.driver().counters().objects_forged > 0);
  REQUIRE(toys.node.told<Alarm>().size() == 1);
  CHECK(toys.node.told<Alarm>()[0].detail.find("without the cluster's data key") !=
        std::string::npos);
}

TEST_CASE(
    "driver: of an object store's answers that come after the driver has gone none is counted",
    "[driver][forged]") {
  ToyLoop loop;
  ToyObjects objects{loop};
  ToyStores stores{loop};
  objects.held[journal::spec_key("ledger", 1)] = Bytes{1, 2, 3};
  auto node = std::make_unique<ToyNode>(objects, stores, loop);
  node.reset();
  loop.run_posted();
  CHECK(objects.asked.size() == 1);
}

}  // namespace
}  // namespace gossamer::driver
