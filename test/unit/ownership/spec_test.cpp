#include <catch2/catch.hpp>

#include "fixture.hpp"
#include "ownership/spec_book.hpp"

namespace gossamer::ownership {

TEST_CASE("ownership: the newest version of a spec wins, and is told once", "[ownership][spec]") {
  Node one{{"ledger", 0}};
  CHECK(one.deploy(2) == "deployed 2");
  CHECK(one.deploy(2).empty());
  CHECK(one.deploy(1).empty());
  CHECK(one.deploy(3) == "deployed 3");
  CHECK(one.read(undeploy_of("ledger", 4)) == "undeployed 4");
  CHECK(one.deploy(3).empty());
  REQUIRE(one.ownership.spec("ledger") != nullptr);
  CHECK(one.ownership.spec("ledger")->version == 4);
  CHECK(one.ownership.spec("ledger")->is_undeploy);
  CHECK(one.ownership.spec("other") == nullptr);
  CHECK(one.ownership.specs().size() == 1);
}

TEST_CASE("ownership: a spec out of its bounds is refused", "[ownership][spec][bounds]") {
  Node one{{"ledger", 0}};
  CHECK(one.read(spec_of("Ledger", 1)).empty());
  CHECK(one.read(spec_of("ledger", 0)).empty());
  CHECK(one.read(spec_of("ledger", 1, 1001)).empty());
  CHECK(one.ownership.specs().empty());
}

TEST_CASE("ownership: undeploy withdraws what has an owner, and the unit is nobody's",
          "[ownership][spec]") {
  struct Row {
    const char* why;
    std::uint8_t owner;
    MemberState state;
    const char* words;
  };
  const auto row = GENERATE(values<Row>({
      {"a live owner", 2, kAlive, "undeployed 2, withdraw 2, owner 0 of epoch 3"},
      {"an owner that is down", 2, kDown, "undeployed 2, withdraw 2, owner 0 of epoch 3"},
      {"no owner known", 0, kAlive, "undeployed 2"},
  }));
  CAPTURE(row.why);
  Node one{{"ledger", 0}};
  one.see(cluster(3, {2}, row.state));
  if (row.owner != 0) one.claimed(3, row.owner);
  one.deploy();
  CHECK(one.read(undeploy_of("ledger", 2)) == row.words);
  CHECK(one.status() == "0 units");
  CHECK(one.advance(minutes{5}).empty());
  CHECK_FALSE(one.ownership.next_deadline().has_value());
}

TEST_CASE("ownership: an owned unit is withdrawn at undeploy, and nobody's once it has stopped",
          "[ownership][spec]") {
  Node one{{"ledger", 0}};
  one.see(cluster(2));
  one.deploy();
  one.claim_from(0, 0, 0);
  CHECK(one.ended(ClaimResult::won, 1, 1) == "owner 1 of epoch 1");
  CHECK(one.read(undeploy_of("ledger", 2)) == "undeployed 2, withdraw 2");
  CHECK(one.status() == "1:1");
  CHECK(one.stopped() == "owner 0 of epoch 1");
  CHECK(one.status() == "0 units");

  // Deployed again: it starts from what the journal says.
  CHECK(one.deploy(3) == "deployed 3, observe");
  Ownership::Observation seen;
  seen.unit = one.unit;
  seen.is_reliable = true;
  seen.tip = 2;
  seen.epoch = 1;
  seen.is_withdrawn = true;
  seen.withdrawn_version = 2;
  std::string words = one.observed(seen);
  words += one.advance(seconds{5});
  CHECK(words == "ask");
  CHECK(one.may_take(true) == "claim at 2");
}

TEST_CASE("ownership: fewer instances withdraw the ordinals that are too many",
          "[ownership][spec]") {
  Node one{{"ledger", 2}};
  one.see(cluster(2));
  one.claimed(3, 2);
  CHECK(one.deploy(1, 3) == "deployed 1, observe, observe, owner 2 of epoch 3");
  CHECK(one.deploy(2, 2) == "deployed 2, withdraw 2, owner 0 of epoch 3");
  CHECK(one.ownership.status().size() == 2);
}

TEST_CASE("ownership: a claim won after the undeploy was heard is withdrawn", "[ownership][spec]") {
  Node one{{"ledger", 0}};
  one.see(cluster(2));
  one.deploy();
  one.claim_from(0, 0, 0);
  CHECK(one.read(undeploy_of("ledger", 2)) == "undeployed 2");
  CHECK(one.ended(ClaimResult::won, 1, 1) == "owner 1 of epoch 1, withdraw 2");
  CHECK(one.stopped() == "owner 0 of epoch 1");
}

TEST_CASE(
    "ownership: a unit whose undeploy only the journal has read is let go, and claimed for a newer "
    "spec",
    "[ownership][spec]") {
  Node one{{"ledger", 0}};
  one.see(cluster(2));
  one.deploy();
  one.claim_from(0, 0, 0);
  one.ended(ClaimResult::won, 1, 1);
  CHECK(one.ended(ClaimResult::withdrawn, 1).empty());
  CHECK(one.status() == "0:1");
  CHECK(one.advance(minutes{5}).empty());
  CHECK(one.read(undeploy_of("ledger", 2)) == "undeployed 2, owner 0 of epoch 1");
  CHECK(one.advance(minutes{5}).empty());
  CHECK(one.deploy(3) == "deployed 3, observe");
}

TEST_CASE("ownership: a claim heard before its spec is told with the spec", "[ownership][spec]") {
  Node one{{"ledger", 0}};
  one.see(cluster(2));
  CHECK(one.claimed(3, 2).empty());
  CHECK(one.status() == "0 units");
  CHECK(one.deploy() == "deployed 1, owner 2 of epoch 3");
  CHECK(one.status() == "2:3");
}

TEST_CASE("ownership: units beyond units_max are not watched, with an alarm",
          "[ownership][spec][bounds]") {
  Ownership::Options options;
  options.units_max = 2;
  Node one{{"ledger", 0}, options};
  one.see(cluster(2));
  Outbox outbox;
  one.ownership.on_claim(one.now, {{"old", 0}, 7, node(2), 0}, outbox);
  one.ownership.on_claim(one.now, {{"old", 1}, 7, node(2), 0}, outbox);
  one.ownership.on_claim(one.now, {{"old", 2}, 7, node(2), 0}, outbox);
  // What nobody wants gives way to what is wanted.
  CHECK(one.deploy(1, 3) == "deployed 1, observe, observe, alarm");
  CHECK(one.ownership.status().size() == 2);
  CHECK(one.read(spec_of("other", 1)) == "deployed 1, alarm");
  one.read(undeploy_of("ledger", 2));
  CHECK(one.read(spec_of("other", 2)) == "deployed 2, observe");
}

TEST_CASE("ownership: at its bound the spec book gives up an undeployed service, or refuses",
          "[ownership][spec][bounds]") {
  SpecBook book{2};
  CHECK(book.add(spec_of("a", 1)) == SpecBook::Added::newer);
  CHECK(book.add(spec_of("b", 1)) == SpecBook::Added::newer);
  CHECK(book.add(spec_of("c", 1)) == SpecBook::Added::full);
  CHECK(book.add(undeploy_of("a", 2)) == SpecBook::Added::newer);
  CHECK(book.instances("a") == 0);
  CHECK(book.add(spec_of("c", 1)) == SpecBook::Added::newer);
  CHECK(book.find("a") == nullptr);
  CHECK(book.all().size() == 2);
}

}  // namespace gossamer::ownership
