// Tables in which all places are taken.

#include <catch2/catch.hpp>
#include <chrono>

#include "unit/membership/toy_engine.hpp"

namespace gossamer::membership {
namespace {

using toy::Engine;
using toy::node;
using toy::statement;

/// Of `most` members at most, this node among them; all places are taken.
Engine crowded(std::uint8_t most) {
  MembershipOptions options;
  options.members_max = most;
  Engine toy{options};
  toy.know_up_to(most);
  return toy;
}

TEST_CASE(
    "membership: where all places are taken the one that has been dead for longest gives way to "
    "the living",
    "[membership][bounds][tombstones]") {
  Engine toy = crowded(5);
  toy.engine.on_member(toy.now, node(4), toy::goodbye(4, 2), toy.outbox);
  toy.run_for(10);
  toy.engine.on_member(toy.now, node(3), toy::goodbye(3, 2), toy.outbox);
  toy.run_for(10);
  toy.outbox.clear();
  CHECK(toy.engine.on_member(toy.now, node(6), statement(6), toy.outbox));
  CHECK(toy.state(6) == MemberState::alive);
  CHECK(toy.engine.members().find(node(4)) == nullptr);
  CHECK(toy.state(3) == MemberState::left);
  CHECK(toy.events<Alarm>().empty());
  SECTION("and is forgotten by all that keep what it said") {
    CHECK(toy.all<gossip::Forget>().empty());  // In a turn of its own.
    toy.run_for(0);
    REQUIRE(toy.all<gossip::Forget>().size() == 2);
    CHECK(toy.all<gossip::Forget>()[0].key.owner == node(4));
  }
  SECTION("and old news does not bring it back, nor make this node ask it") {
    CHECK_FALSE(toy.engine.on_member(toy.now, node(4), statement(4, 1), toy.outbox));
    toy.run_for(100);
    CHECK_FALSE(toy.has_contacted(4));
    CHECK(toy.state(3) == MemberState::left);
  }
  SECTION("and what it says anew in the same packet is not forgotten with the rest") {
    CHECK(toy.engine.on_member(toy.now, node(4), statement(4, 3), toy.outbox));
    CHECK(toy.state(4) == MemberState::alive);
    CHECK(toy.engine.members().find(node(3)) == nullptr);
    toy.run_for(0);
    for (const gossip::Forget& order : toy.all<gossip::Forget>()) {
      if (order.key.kind == gossip::EntryKind::member) CHECK(order.key.owner == node(3));
    }
  }
  SECTION("but not to another that is dead") {
    CHECK_FALSE(toy.engine.on_member(toy.now, node(7), toy::goodbye(7, 1), toy.outbox));
    CHECK(toy.state(3) == MemberState::left);
    CHECK(toy.events<Alarm>().empty());
  }
}

TEST_CASE("membership: where all places are taken by the living, an alarm says who is kept out",
          "[membership][bounds]") {
  Engine toy = crowded(4);
  for (std::uint8_t i = 5; i < 50; ++i) {
    CHECK_FALSE(toy.engine.on_member(toy.now, node(i), statement(i), toy.outbox));
  }
  REQUIRE(toy.events<Alarm>().size() == 1);
  CHECK(toy.events<Alarm>()[0].subject == "members_max");
  CHECK(toy.events<Alarm>()[0].detail.find("10.0.0.5:7946") != std::string::npos);
  toy.now = toy.now + std::chrono::minutes{1};
  toy.engine.on_member(toy.now, node(5), statement(5), toy.outbox);
  CHECK(toy.events<Alarm>().size() == 2);
}

}  // namespace
}  // namespace gossamer::membership
