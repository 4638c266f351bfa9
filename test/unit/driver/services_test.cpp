// A driver's service from deploy to stop, on toy ports.

#include "toys.hpp"

namespace gossamer::driver {
namespace {

TEST_CASE("driver: an undeploy that only the journal has read yet does not keep a redeploy from running",
          "[driver][services]") {
  Toys toys;
  const ServiceSpec spec = ledger_spec();
  // Somebody else puts it after the claim was won, and gossip has not told of it when it is read.
  toys.stores.opening = [&] {
    toys.objects.held[journal::spec_key("ledger", 2)] = wire::encode_spec({spec, 2, true});
  };
  REQUIRE(toys.node.deploy(spec).has_value());
  toys.node.advance_s(40);
  CHECK_FALSE(toys.node.is_running());
  REQUIRE(toys.node.deploy(spec).value() == 3);
  toys.node.advance_s(40);
  CHECK(toys.node.is_running());
}

TEST_CASE("driver: a store whose write failed stops its service, with an alarm, and is opened by the next claim",
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

TEST_CASE("driver: a freeze that is asked for while another runs is answered with what it holds itself",
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

}  // namespace
}  // namespace gossamer::driver
