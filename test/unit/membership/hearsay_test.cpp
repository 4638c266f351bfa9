// What the word of another that a member is down is worth.

#include <catch2/catch.hpp>

#include "base/boot.hpp"
#include "unit/membership/toy_engine.hpp"

namespace gossamer::membership {
namespace {

using toy::down;
using toy::Engine;
using toy::goodbye;
using toy::node;
using toy::statement;
using toy::suspect;

// So long, in milliseconds, has an accused time to answer.
std::int64_t hearing_ms() {
  return 4 * MembershipOptions{}.probe_timeout.count();
}

TEST_CASE("membership: the word of another buries nobody before he has had time to answer",
          "[membership][hostile]") {
  Engine toy;
  toy.know_up_to(4);
  CHECK(toy.engine.on_verdict(toy.now, node(3), down(2), toy.outbox));
  CHECK(toy.state(2) == MemberState::suspect);
  SECTION("it is told at once, answers, and nothing has happened") {
    toy.run_for(10);
    CHECK(toy.has_contacted(2));
    toy.run_for(hearing_ms() - 20);
    CHECK(toy.engine.on_member(toy.now, node(2), statement(2, 2), toy.outbox));
    toy.run_for(20);
    CHECK(toy.state(2) == MemberState::alive);
    CHECK(toy.events<MembersDown>().empty());
  }
  SECTION("it does not, and is down when that time is over") {
    toy.run_for(hearing_ms() - 1);
    CHECK(toy.state(2) == MemberState::suspect);
    toy.run_for(1);
    CHECK(toy.state(2) == MemberState::down);
  }
  SECTION("our own stall is no silence of his") {
    toy.now = toy.now + std::chrono::seconds{5};
    toy.engine.on_stall(toy.now, std::chrono::seconds{5});
    // Whatever has us think of it anew.
    toy.engine.on_message(toy.now, node(4), toy::endpoint(4), false, Opinion{node(2), 1, false},
                          toy.outbox);
    toy.run_for(hearing_ms() - 1);
    CHECK(toy.state(2) == MemberState::suspect);
    toy.run_for(1);
    CHECK(toy.state(2) == MemberState::down);
  }
}

TEST_CASE("membership: who has been suspect for that time is down by the word of another",
          "[membership][hostile]") {
  Engine toy;
  toy.know_up_to(4);
  toy.engine.on_verdict(toy.now, node(3), suspect(2), toy.outbox);
  toy.run_for(hearing_ms());
  CHECK(toy.engine.on_verdict(toy.now, node(3), down(2), toy.outbox));
  CHECK(toy.state(2) == MemberState::down);
}

TEST_CASE("membership: a stall of this node is not of the time that a suspect had to answer",
          "[membership][stall]") {
  Engine toy;
  toy.know_up_to(4);
  toy.engine.on_verdict(toy.now, node(3), suspect(2), toy.outbox);
  toy.now = toy.now + std::chrono::seconds{2};
  toy.engine.on_stall(toy.now, std::chrono::seconds{2});
  toy.engine.on_verdict(toy.now, node(3), down(2), toy.outbox);
  CHECK(toy.state(2) == MemberState::suspect);
  toy.run_for(hearing_ms());
  CHECK(toy.state(2) == MemberState::down);
}

TEST_CASE("membership: a death said beyond a split makes suspects, not graves",
          "[membership][split]") {
  Engine toy;
  toy.know_up_to(4);
  toy.engine.on_verdict(toy.now, node(3), down(4), toy.outbox);  // The split, as seen here.
  toy::live_for(toy, 1'000, 4);
  REQUIRE(toy.state(4) == MemberState::down);
  toy.outbox.clear();
  // Node 4 is on the other side, and speaks of node 2, which lives here.
  CHECK_FALSE(toy.engine.on_verdict(toy.now, node(4), down(2), toy.outbox));
  CHECK(toy.state(2) == MemberState::suspect);
  // Else there would be nothing that a comparison could tell it.
  CHECK(toy.published<Verdict>() == std::vector{suspect(2)});
  toy.run_for(10);
  CHECK(toy.has_contacted(2));
  SECTION("it refutes") {
    CHECK(toy.engine.on_member(toy.now, node(2), statement(2, 2), toy.outbox));
    CHECK(toy.state(2) == MemberState::alive);
  }
  SECTION("it stays silent") {
    toy.run_for(6'000);
    CHECK(toy.state(2) == MemberState::down);
  }
}

TEST_CASE("membership: a death said by one who is not known yet counts once he is",
          "[membership][churn]") {
  Engine toy;
  toy.know_up_to(8);
  toy.engine.on_verdict(toy.now, node(30), down(2), toy.outbox);
  CHECK(toy.state(2) == MemberState::suspect);
  SECTION("he does not come") {
    toy.run_for(2'000);
    CHECK(toy.state(2) == MemberState::suspect);
  }
  SECTION("he comes before the accused has had its time to answer") {
    toy.run_for(100);
    toy.engine.on_member(toy.now, node(30), statement(30), toy.outbox);
    CHECK(toy.state(2) == MemberState::suspect);
    toy.run_for(400);
    CHECK(toy.state(2) == MemberState::down);
  }
  SECTION("he comes after that") {
    toy.run_for(600);
    toy.engine.on_member(toy.now, node(30), statement(30), toy.outbox);
    CHECK(toy.state(2) == MemberState::down);
    // What it said before was not held. It comes again, and all hold the same in the end.
    CHECK(toy.engine.on_verdict(toy.now, node(30), down(2), toy.outbox));
    CHECK_FALSE(toy.engine.on_verdict(toy.now, node(30), down(2), toy.outbox));
  }
  SECTION("the accused has answered") {
    toy.engine.on_member(toy.now, node(2), statement(2, 2), toy.outbox);
    toy.engine.on_member(toy.now, node(30), statement(30), toy.outbox);
    toy.run_for(1'000);
    CHECK(toy.state(2) != MemberState::down);
  }
}

TEST_CASE("membership: a death said by one who waits for an address counts once it is his",
          "[membership][churn][restart]") {
  Engine toy;
  toy.know_up_to(8);
  MemberStatement heir = statement(22);
  heir.endpoint = toy::endpoint(3);
  toy.engine.on_member(toy.now, node(22), heir, toy.outbox);
  REQUIRE(toy.state(22) == MemberState::down);
  CHECK_FALSE(toy.engine.on_verdict(toy.now, node(22), down(2), toy.outbox));
  toy.run_for(hearing_ms() + 10);
  CHECK(toy.state(2) == MemberState::suspect);
  toy.engine.on_member(toy.now, node(3), goodbye(3, 2), toy.outbox);
  REQUIRE(toy.state(22) == MemberState::alive);
  CHECK(toy.state(2) == MemberState::down);
}

TEST_CASE("membership: a death counts whose finder has said goodbye since", "[membership][churn]") {
  Engine toy;
  toy.know_up_to(8);
  SECTION("it was live here until then") {
    toy.engine.on_member(toy.now, node(3), goodbye(3, 2), toy.outbox);
    toy.engine.on_verdict(toy.now, node(3), down(2), toy.outbox);
    toy.run_for(500);
    CHECK(toy.state(2) == MemberState::down);
  }
  SECTION("it was down here, as after a split") {
    toy.engine.on_verdict(toy.now, node(4), down(3), toy.outbox);
    toy.run_for(500);
    REQUIRE(toy.state(3) == MemberState::down);
    toy.engine.on_member(toy.now, node(3), goodbye(3, 2), toy.outbox);
    REQUIRE(toy.state(3) == MemberState::left);
    toy.engine.on_verdict(toy.now, node(3), down(2), toy.outbox);
    toy.run_for(500);
    CHECK(toy.state(2) == MemberState::suspect);
  }
}

TEST_CASE(
    "membership: who comes back from being down is believed at once if it was started anew, else "
    "not",
    "[membership][split]") {
  Engine toy;
  toy.know_up_to(8);
  toy.hear_dead(4, {3});
  const bool is_restart = GENERATE(true, false);
  const Incarnation incarnation = is_restart ? Incarnation{1} << kBootShift : 2;
  toy.engine.on_member(toy.now, node(3), statement(3, incarnation), toy.outbox);
  toy.engine.on_verdict(toy.now, node(3), down(2), toy.outbox);
  toy.run_for(hearing_ms());
  CHECK((toy.state(2) == MemberState::down) == is_restart);
}

TEST_CASE("membership: who had to wait for an address has not been away, and is believed at once",
          "[membership][split][restart]") {
  Engine toy;
  toy.know_up_to(8);
  MemberStatement heir = statement(22);
  heir.endpoint = toy::endpoint(3);
  toy.engine.on_member(toy.now, node(22), heir, toy.outbox);
  REQUIRE(toy.state(22) == MemberState::down);
  toy.engine.on_member(toy.now, node(3), goodbye(3, 2), toy.outbox);
  REQUIRE(toy.state(22) == MemberState::alive);
  CHECK(toy.engine.on_verdict(toy.now, node(22), down(2), toy.outbox));
}

TEST_CASE(
    "membership: one that comes back when it was forgotten may speak from beyond a split, for two "
    "intervals of comparison",
    "[membership][split]") {
  MembershipOptions options;
  options.tombstone_time = toy::milliseconds{10'000};
  Engine toy{options};
  toy.know_up_to(8);
  toy.engine.on_member(toy.now, node(3), goodbye(3, 2), toy.outbox);
  toy::live_for(toy, 10'100);
  REQUIRE(toy.engine.members().find(node(3)) == nullptr);
  SECTION("it is back, and says so") {
    toy.engine.on_member(toy.now, node(3), statement(3, 3), toy.outbox);
    CHECK_FALSE(toy.engine.on_verdict(toy.now, node(3), down(2), toy.outbox));
  }
  SECTION("it has said so, and is back") {
    CHECK_FALSE(toy.engine.on_verdict(toy.now, node(3), down(2), toy.outbox));
    toy.engine.on_member(toy.now, node(3), statement(3, 3), toy.outbox);
  }
  SECTION("it says so a while later") {
    toy.engine.on_member(toy.now, node(3), statement(3, 3), toy.outbox);
    toy::live_for(toy, 19'999);
    CHECK_FALSE(toy.engine.on_verdict(toy.now, node(3), down(2), toy.outbox));
  }
  SECTION("after those two it counts") {
    toy.engine.on_member(toy.now, node(3), statement(3, 3), toy.outbox);
    toy::live_for(toy, 20'000);
    CHECK(toy.engine.on_verdict(toy.now, node(3), down(2), toy.outbox));
    toy.run_for(hearing_ms());
    CHECK(toy.state(2) == MemberState::down);
    return;
  }
  CHECK(toy.state(2) == MemberState::suspect);
  toy.run_for(hearing_ms() + 10);
  CHECK(toy.state(2) == MemberState::suspect);
}

}  // namespace
}  // namespace gossamer::membership
