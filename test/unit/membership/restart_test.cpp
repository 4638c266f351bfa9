// Restarts on an address that another member held.

#include <catch2/catch.hpp>

#include "unit/membership/toy_engine.hpp"

namespace gossamer::membership {
namespace {

using toy::down;
using toy::endpoint;
using toy::Engine;
using toy::node;
using toy::statement;

TEST_CASE("membership: a restart on the same address replaces the old member at once",
          "[membership][restart]") {
  Engine toy;
  toy.know_up_to(3);
  toy.engine.on_heard(toy.now, node(22), endpoint(2), toy.outbox);
  CHECK(toy.state(2) == MemberState::down);
  REQUIRE(toy.published<Verdict>().size() == 1);
  CHECK(toy.published<Verdict>()[0] == down(2));

  // A stray packet of the old one does not oust its successor.
  MemberStatement successor = statement(22);
  successor.endpoint = endpoint(2);
  CHECK(toy.engine.on_member(toy.now, node(22), successor, toy.outbox));
  toy.engine.on_heard(toy.now, node(2), endpoint(2), toy.outbox);
  CHECK(toy.state(22) == MemberState::alive);
  CHECK(toy.published<Verdict>().size() == 1);
}

TEST_CASE("membership: hearing a member from elsewhere replaces nobody", "[membership][restart]") {
  Engine toy;
  toy.know_up_to(3);
  // Node 3 lives at its own address; this is a port that its connection happened to get.
  toy.engine.on_heard(toy.now, node(3), endpoint(2), toy.outbox);
  toy.engine.on_heard(toy.now, node(2), endpoint(2), toy.outbox);
  toy.engine.on_heard(toy.now, node(1), endpoint(2), toy.outbox);
  toy.engine.on_heard(toy.now, node(50), endpoint(51), toy.outbox);
  CHECK(toy.published<Verdict>().empty());
}

TEST_CASE("membership: who claims our own address is a ghost of before", "[membership][restart]") {
  Engine toy;
  toy.know_up_to(3);
  MemberStatement ghost = statement(9, 4);
  ghost.endpoint = endpoint(1);
  CHECK(toy.engine.on_member(toy.now, node(9), ghost, toy.outbox));
  CHECK(toy.state(9) == MemberState::down);
  CHECK(toy.published<Verdict>() == std::vector{down(9, 4)});

  // Should it live after all, the two do not oust each other for ever.
  for (Incarnation i = 5; i < 50; ++i) {
    ghost.incarnation = i;
    toy.engine.on_member(toy.now, node(9), ghost, toy.outbox);
  }
  CHECK(toy.published<Verdict>().size() == 1);
}

TEST_CASE("membership: a restart with its data directory is the same member, not a death",
          "[membership][restart]") {
  Engine toy;
  toy.know_up_to(3);
  CHECK(toy.engine.on_member(toy.now, node(2), statement(2, 1'000), toy.outbox));
  toy.run_for(30);
  CHECK(toy.state(2) == MemberState::alive);
  CHECK(toy.events<MembersDown>().empty());
  CHECK(toy.published<Verdict>().empty());
}

}  // namespace
}  // namespace gossamer::membership
