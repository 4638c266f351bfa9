#include "membership/tombstones.hpp"

#include <catch2/catch.hpp>

#include "unit/membership/toy_engine.hpp"

namespace gossamer::membership {
namespace {

using gossip::EntryKey;
using gossip::EntryKind;
using toy::at;
using toy::down;
using toy::endpoint;
using toy::Engine;
using toy::goodbye;
using toy::milliseconds;
using toy::node;
using toy::statement;

template <class Order>
std::vector<EntryKey> keys(const Engine& toy) {
  std::vector<EntryKey> found;
  for (const Order& order : toy.all<Order>()) {
    if (order.key.owner == node(2)) found.push_back(order.key);
  }
  return found;
}

// Node 1 and 2, with 2 down since the moment returned. Nobody else is there to confuse the story.
Instant bury_node_2(Engine& toy) {
  toy.know_up_to(3);
  toy.engine.on_member(toy.now, node(3), goodbye(3, 2), toy.outbox);
  toy.hear_dead(1, {2});
  return toy.now;
}

MembershipOptions short_lived() {
  MembershipOptions options;
  options.tombstone_time = milliseconds{10'000};
  return options;
}

const std::vector<EntryKey> kBoth{{EntryKind::member, node(2), {}},
                                  {EntryKind::verdict, node(2), {}}};

TEST_CASE("membership: the down are told of for half of tombstone_time and held for all of it",
          "[membership][tombstones]") {
  Engine toy{short_lived()};
  const Instant buried = bury_node_2(toy);
  toy.run(buried + milliseconds{4'999});
  CHECK(keys<gossip::Hush>(toy).empty());
  toy.run(buried + milliseconds{5'000});
  CHECK(keys<gossip::Hush>(toy) == kBoth);
  toy.run(buried + milliseconds{9'999});
  CHECK(toy.state(2) == MemberState::down);
  CHECK(keys<gossip::Forget>(toy).empty());
  toy.run(buried + milliseconds{10'000});
  CHECK(keys<gossip::Forget>(toy) == kBoth);
  CHECK(toy.engine.members().find(node(2)) == nullptr);
}

TEST_CASE("membership: who left is forgotten in the same way", "[membership][tombstones]") {
  Engine toy{short_lived()};
  toy.know_up_to(2);
  toy.engine.on_member(toy.now, node(2), goodbye(2, 2), toy.outbox);
  toy.run_for(10'000);
  CHECK(keys<gossip::Forget>(toy) == std::vector{kBoth[0]});
  toy.outbox.clear();
  CHECK_FALSE(toy.engine.on_member(toy.now, node(2), goodbye(2, 2), toy.outbox));
  toy.run_for(10);
  CHECK_FALSE(toy.has_contacted(2));  // By its own word there is nobody to ask.
  CHECK_FALSE(toy.engine.on_member(toy.now, node(2), statement(2, 1), toy.outbox));
  CHECK(toy.engine.on_member(toy.now, node(2), statement(2, 3), toy.outbox));
}

TEST_CASE("membership: who was never known but as one that has left is forgotten in the same way",
          "[membership][tombstones]") {
  Engine toy{short_lived()};
  CHECK(toy.engine.on_member(toy.now, node(2), goodbye(2, 2), toy.outbox));
  CHECK(toy.state(2) == MemberState::left);
  toy.run_for(10'000);
  CHECK(toy.engine.members().find(node(2)) == nullptr);
}

TEST_CASE("membership: old news does not bring the forgotten back", "[membership][tombstones]") {
  Engine toy{short_lived()};
  const Instant buried = bury_node_2(toy);
  toy.run(buried + milliseconds{10'000});
  toy.outbox.clear();
  for (int i = 0; i < 10; ++i) {
    CHECK_FALSE(toy.engine.on_member(toy.now, node(2), statement(2), toy.outbox));
  }
  CHECK(toy.engine.members().find(node(2)) == nullptr);
  toy.run_for(10);
  CHECK(toy.has_contacted(2));  // Asked itself, once.
  CHECK(toy.all<Contact>().size() == 1);
  SECTION("its next life is welcome") {
    CHECK(toy.engine.on_member(toy.now, node(2), statement(2, 2), toy.outbox));
  }
  SECTION("heard itself, it is asked once more, however often it is heard") {
    for (int i = 0; i < 10; ++i) {
      toy.engine.on_heard(toy.now, node(2), endpoint(2), toy.outbox);
      toy.run_for(10);
    }
    CHECK(toy.all<Contact>().size() == 2);
  }
  SECTION("heard itself, it was alive all the time") {
    toy.engine.on_heard(toy.now, node(2), endpoint(2), toy.outbox);
    CHECK(toy.engine.on_member(toy.now, node(2), statement(2), toy.outbox));
  }
}

TEST_CASE("membership: who returns before it is forgotten has no tombstone any more",
          "[membership][tombstones]") {
  Engine toy{short_lived()};
  const Instant buried = bury_node_2(toy);
  toy.run(buried + milliseconds{4'000});
  CHECK(toy.engine.on_member(toy.now, node(2), statement(2, 2), toy.outbox));
  toy.run_for(20);
  CHECK(toy.events<MembersUp>().size() == 1);
  toy.run_for(1'000);
  CHECK(keys<gossip::Hush>(toy).empty());
}

TEST_CASE("membership: one heard after it was hushed is accused anew, so that it can refute",
          "[membership][tombstones]") {
  Engine toy{short_lived()};
  const Instant buried = bury_node_2(toy);
  toy.run(buried + milliseconds{6'000});
  toy.outbox.clear();
  toy.engine.on_heard(toy.now, node(2), endpoint(2), toy.outbox);
  CHECK(toy.published<Verdict>() == std::vector{down(2)});
  CHECK(keys<gossip::Forget>(toy) == std::vector{kBoth[1]});
  toy.run_for(10);
  CHECK(toy.has_contacted(2));
  toy.run(buried + milliseconds{11'500});
  CHECK(toy.engine.members().find(node(2)) != nullptr);
}

// Without a higher incarnation nothing but that makes what is held of it news again.
TEST_CASE(
    "membership: who has an address after it waited for that beyond the hush is told of again",
    "[membership][tombstones][restart]") {
  Engine toy{short_lived()};
  toy.know_up_to(3);
  MemberStatement heir = statement(2, 2);
  heir.endpoint = endpoint(3);
  toy.engine.on_member(toy.now, node(2), heir, toy.outbox);
  toy::live_for(toy, 6'000, 2);
  REQUIRE(toy.state(3) == MemberState::alive);
  REQUIRE(toy.state(2) == MemberState::down);
  REQUIRE(keys<gossip::Hush>(toy) == std::vector{kBoth[0]});
  REQUIRE(keys<gossip::Unhush>(toy).empty());
  toy.engine.on_heard(toy.now, node(2), endpoint(3), toy.outbox);  // So it is asked.
  toy::live_for(toy, 1'000);
  REQUIRE(toy.state(2) == MemberState::alive);
  CHECK(keys<gossip::Unhush>(toy) == kBoth);
}

TEST_CASE("membership: who waited for an address until it was forgotten waits no more",
          "[membership][tombstones][restart]") {
  Engine toy{short_lived()};
  toy.know_up_to(3);
  MemberStatement heir = statement(2, 2);
  heir.endpoint = endpoint(3);
  toy.engine.on_member(toy.now, node(2), heir, toy.outbox);
  toy::live_for(toy, 10'100, 2);
  REQUIRE(toy.engine.members().find(node(2)) == nullptr);
  toy.engine.on_member(toy.now, node(3), goodbye(3, 2), toy.outbox);
  CHECK(toy.engine.members().live_count() == 1);
}

TEST_CASE("membership: memory of the forgotten is bounded, the first goes first",
          "[membership][tombstones][bounds]") {
  Tombstones tombstones{milliseconds{1'000}, 3};
  for (std::uint8_t i = 1; i <= 5; ++i) tombstones.remember(node(i), i);
  CHECK_FALSE(tombstones.remembered(node(2)));
  CHECK(tombstones.remembered(node(3)) == Incarnation{3});
  tombstones.remember(node(3), 9);
  CHECK(tombstones.remembered(node(3)) == Incarnation{9});
  tombstones.remember(node(6), 6);  // By now 4 is the first.
  CHECK(tombstones.remembered(node(3)) == Incarnation{9});
  CHECK_FALSE(tombstones.remembered(node(4)));
  tombstones.remember(node(6), 7);  // Known already, so nobody goes for it.
  CHECK(tombstones.remembered(node(5)) == Incarnation{5});
  tombstones.remember(node(4), 4);
  CHECK_FALSE(tombstones.remembered(node(5)));
  tombstones.stop_remembering(node(4));
  CHECK_FALSE(tombstones.remembered(node(4)));
  CHECK(tombstones.may_ask(at(0), node(6), milliseconds{100}));
  CHECK_FALSE(tombstones.may_ask(at(99), node(6), milliseconds{100}));
  CHECK(tombstones.may_ask(at(100), node(6), milliseconds{100}));
  CHECK_FALSE(tombstones.may_ask(at(0), node(99), milliseconds{100}));
}

}  // namespace
}  // namespace gossamer::membership
