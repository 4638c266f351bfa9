// A driver's service from deploy to stop, on toy ports.

#include "toys.hpp"

namespace gossamer::driver {
namespace {

TEST_CASE(
    "driver: an undeploy that only the journal has read yet does not keep a redeploy from running",
    "[driver][services]") {
  Toys toys;
  const ServiceSpec spec = ledger_spec();
  // Somebody else puts it after the claim was won, and gossip has not told of it when it is read.
  toys.stores.opening = [&] {
    toys.objects.hold(journal::spec_key("ledger", 2), ownership::SpecVersion{spec, 2, true});
  };
  REQUIRE(toys.node.deploy(spec).has_value());
  toys.node.advance_s(40);
  CHECK_FALSE(toys.node.is_running());
  REQUIRE(toys.node.deploy(spec).value() == 3);
  toys.node.advance_s(40);
  CHECK(toys.node.is_running());
}

TEST_CASE(
    "driver: a store whose write failed stops its service, with an alarm, and is opened by the "
    "next claim",
    "[driver][services]") {
  Toys toys;
  toys.node.run_ledger();
  const auto kept = toys.node.commit("kept", Durability::local);
  toys.stores.breaks = true;
  const auto lost = toys.node.commit("lost", Durability::frozen);
  toys.node.advance(std::chrono::milliseconds{100});
  CHECK((*kept)->value() == 1);
  CHECK((*lost)->error().code == ErrorCode::io);
  CHECK_FALSE(toys.node.is_running());
  REQUIRE(toys.node.told<Alarm>().size() == 1);
  CHECK(toys.node.told<Alarm>()[0].detail ==
        "the local store failed in epoch 1, so the unit is let go: no space left on device");
  toys.node.advance_s(40);
  REQUIRE(toys.node.is_running());
  CHECK(toys.node.store->epoch() == 2);
  const auto next = toys.node.commit("next", Durability::frozen);
  toys.node.advance_s(1);
  CHECK((*next)->value() == 2);
}

TEST_CASE(
    "driver: a freeze that is asked for while another runs is answered with what it holds itself",
    "[driver][services]") {
  Toys toys;
  ServiceSpec spec = ledger_spec();
  spec.freeze_after_entries = 2;
  REQUIRE(toys.node.deploy(spec).has_value());
  toys.node.advance_s(10);
  toys.objects.holds = [](const std::string& key) { return key.rfind("files/", 0) == 0; };
  toys.node.commit("a", Durability::frozen);
  toys.node.advance_s(1);
  REQUIRE(toys.objects.waiting.size() == 1);  // A freeze by itself, of write 1.
  toys.node.commit("b", Durability::frozen);
  toys.node.advance_s(1);
  std::optional<Result<Sequence>> asked;
  toys.node.driver().freeze(kUnit, [&](Result<Sequence> got) { asked = std::move(got); });
  const bool is_let_go = GENERATE(false, true);
  if (is_let_go) {
    toys.node.driver().leave(std::chrono::seconds{5}, [](Result<void>) {});
    toys.node.advance_s(1);
  }
  toys.objects.let_go();
  toys.node.advance_s(1);
  REQUIRE(asked.has_value());
  REQUIRE(asked->has_value() != is_let_go);
  if (!is_let_go) CHECK(asked->value() == 2);
}

TEST_CASE("driver: a write that was not sent is fenced only if another node has claimed above",
          "[driver][services]") {
  Toys toys;
  toys.node.run_ledger();
  journal::JournalEntry entry;
  entry.writer.bytes[0] = 9;
  const bool is_claimed = GENERATE(false, true);
  CAPTURE(is_claimed);
  if (is_claimed) {
    entry.type = journal::EntryType::claim;
    entry.epoch = 2;
  } else {
    entry.type = journal::EntryType::withdrawn;
    entry.epoch = 1;
    entry.spec_version = 2;
    toys.objects.hold(journal::spec_key("ledger", 2),
                      ownership::SpecVersion{ledger_spec(), 2, true});
  }
  toys.objects.hold(journal::slot_key(kUnit, 2), entry);
  const auto sent = toys.node.commit("sent", Durability::frozen);
  const auto unsent = toys.node.commit("unsent", Durability::frozen);
  toys.node.advance(std::chrono::milliseconds{10});
  CHECK((*sent)->error().code == ErrorCode::unknown_outcome);
  CHECK((*unsent)->error().code == (is_claimed ? ErrorCode::fenced : ErrorCode::unknown_outcome));
  if (is_claimed) return;
  // Deployed again: the store is kept, and what it holds enters the journal.
  REQUIRE(toys.node.deploy(ledger_spec()).has_value());
  toys.node.advance_s(60);
  REQUIRE(toys.node.is_running());
  CHECK(toys.stores.places[kUnit].frozen == 2);
}

TEST_CASE("driver: a record of the user's that goes leaves the record of a unit of that name",
          "[driver][services]") {
  Toys toys;
  NameRecord record;
  record.name = "ledger";
  record.endpoint = {"10.0.0.1", 81};
  REQUIRE(toys.node.driver().publish(record).has_value());
  const bool is_deployed = GENERATE(true, false);
  if (is_deployed) toys.node.run_ledger();
  toys.node.driver().withdraw_record("ledger", 0);
  toys.node.advance_s(1);
  CHECK(toys.node.driver().resolve("ledger").size() == (is_deployed ? 1 : 0));
}

}  // namespace
}  // namespace gossamer::driver
