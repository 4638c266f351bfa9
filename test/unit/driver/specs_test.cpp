// Specs in the object store: what is read there, and what is written.

#include "toys.hpp"

namespace gossamer::driver {
namespace {

const std::string kSecond = journal::spec_key("ledger", 2);

TEST_CASE(
    "driver: a spec that cannot be read raises one alarm, is read once in each poll, and can be "
    "deployed over",
    "[driver][specs]") {
  Toys toys;
  toys.node.run_ledger();
  ownership::SpecVersion other{ledger_spec(), 7, false};
  toys.objects.held[kSecond] = GENERATE_COPY(Bytes{}, Bytes{1, 2, 3}, Bytes(300 * 1024),
                                             wire::encode_spec(other, {kToyDataKey, kSecond}));
  toys.node.advance_s(301);
  REQUIRE(toys.node.told<Alarm>().size() == 1);
  CHECK(toys.node.told<Alarm>()[0].subject == "ledger");
  CHECK(toys.node.told<Alarm>()[0].detail.find(kSecond) != std::string::npos);
  CHECK(toys.objects.asked[kSecond] >= 9);
  CHECK(toys.objects.asked[kSecond] <= 11);
  CHECK(toys.node.is_running());
  SECTION("deploy") {
    CHECK(toys.node.deploy(ledger_spec()).value() == 3);
    toys.node.advance_s(40);
    CHECK(toys.node.is_running());
  }
  SECTION("undeploy") {
    CHECK(toys.node.undeploy("ledger").has_value());
    CHECK(toys.objects.held.contains(journal::spec_key("ledger", 3)));
    toys.node.advance_s(40);
    CHECK_FALSE(toys.node.is_running());
  }
}

TEST_CASE(
    "driver: while the object store does not answer, one read of a spec is pending for each "
    "service",
    "[driver][specs]") {
  Toys toys;
  toys.objects.hold(kSecond, ownership::SpecVersion{ledger_spec(), 2, false});
  toys.objects.is_silent = true;
  toys.node.advance_s(330);
  CHECK(toys.objects.asked[kSecond] > 140);
  CHECK(toys.objects.asked[kSecond] <= 151);  // Every 2 s, since the first poll that found it.
  toys.objects.is_silent = false;
  toys.node.advance_s(10);
  CHECK(toys.node.is_running());
}

TEST_CASE("driver: a key whose version has not 20 digits is nobody's spec", "[driver][specs]") {
  Toys toys;
  toys.node.run_ledger();
  for (const char* stray :
       {"99", "0000000000000000099", "000000000000000000099", "+0000000000000000099"}) {
    toys.objects.held[std::string{"specs/ledger/"} + stray] = Bytes{1};
  }
  toys.node.advance_s(100);
  CHECK(toys.node.told<Alarm>().empty());
  CHECK(toys.node.deploy(ledger_spec()).value() == 2);
}

TEST_CASE(
    "driver: a unit that a newer spec has too many of is not started, though gossip has not told "
    "yet",
    "[driver][specs]") {
  Toys toys;
  ServiceSpec two = ledger_spec();
  two.instances = 2;
  toys.stores.opening = [&] {
    toys.objects.hold(kSecond, ownership::SpecVersion{ledger_spec(), 2, false});
  };
  REQUIRE(toys.node.deploy(two).has_value());
  toys.node.advance_s(20);
  CHECK(toys.node.starts == 1);
  toys.node.advance_s(60);
  CHECK(toys.node.starts == 1);
  CHECK(toys.node.is_running());
  // A newer spec wants it again.
  CHECK(toys.node.deploy(two).value() == 3);
  toys.node.advance_s(60);
  CHECK(toys.node.starts == 2);
}

TEST_CASE("driver: a deploy or undeploy whose answer got lost has happened once, and ends well",
          "[driver][specs]") {
  Toys toys;
  toys.node.run_ledger();
  const std::string third = journal::spec_key("ledger", 3);
  toys.objects.forgets_answer[kSecond] = 2;
  SECTION("undeploy") {
    REQUIRE(toys.node.undeploy("ledger").has_value());
    toys.node.advance_s(10);
    CHECK_FALSE(toys.node.is_running());
    CHECK(toys.node.told<SpecChanged>().back().version == 2);
  }
  SECTION("deploy") {
    CHECK(toys.node.deploy(ledger_spec()).value() == 2);
  }
  SECTION("somebody else's spec has the version") {
    toys.objects.forgets_answer.clear();
    toys.objects.holds = [](const std::string& key) { return key == kSecond; };
    std::optional<Result<void>> ended;
    toys.node.driver().undeploy("ledger", [&](Result<void> got) { ended = std::move(got); });
    toys.node.advance_s(1);
    toys.objects.hold(kSecond, ownership::SpecVersion{ledger_spec(), 2, false});
    toys.objects.let_go();
    toys.node.advance_s(1);
    REQUIRE(ended.has_value());
    CHECK(ended->has_value());
    CHECK(toys.objects.held.contains(third));
    return;
  }
  CHECK_FALSE(toys.objects.held.contains(third));
}

TEST_CASE("driver: a name that no service can have is refused at once", "[driver][specs]") {
  Toys toys;
  std::optional<Result<void>> ended;
  toys.node.driver().undeploy("No service!", [&](Result<void> got) { ended = std::move(got); });
  REQUIRE(ended.has_value());
  CHECK(ended->error().code == ErrorCode::invalid_argument);
}

TEST_CASE("driver: a takeover that meets a spec it cannot read ends, with an alarm",
          "[driver][specs]") {
  Toys toys;
  toys.stores.opening = [&] { toys.objects.held[kSecond] = Bytes{1, 2, 3}; };
  REQUIRE(toys.node.deploy(ledger_spec()).has_value());
  toys.node.advance_s(20);
  CHECK_FALSE(toys.node.is_running());
  bool is_told = false;
  for (const Alarm& alarm : toys.node.told<Alarm>())
    is_told = is_told || alarm.subject == "ledger/0";
  CHECK(is_told);
  // The parallel claims are free for others.
  ServiceSpec other = ledger_spec();
  other.name = "other";
  other.instances = 4;
  REQUIRE(toys.node.deploy(other).has_value());
  toys.node.advance_s(20);
  CHECK(toys.node.starts == 4);
  CHECK(toys.node.deploy(ledger_spec()).value() == 3);
  toys.node.advance_s(60);
  CHECK(toys.node.starts == 5);
}

}  // namespace
}  // namespace gossamer::driver
