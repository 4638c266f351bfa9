// Members whose machines are gone, by a cloud's word.

#include <algorithm>
#include <catch2/catch.hpp>

#include "unit/membership/toy_engine.hpp"

namespace gossamer::membership {
namespace {

using toy::endpoint;
using toy::Engine;
using toy::node;

std::uint64_t sequence_of(const Send& ping) {
  return std::get<Ping>(ping.message).sequence;
}

TEST_CASE("membership: a suspect whose machine is gone is down at once", "[membership][gone]") {
  Engine toy;
  toy.know_up_to(4);
  toy.engine.on_verdict(toy.now, node(2), toy::suspect(3), toy.outbox);
  REQUIRE(toy.state(3) == MemberState::suspect);
  toy.engine.on_gone(toy.now, {endpoint(3)}, toy.outbox);
  CHECK(toy.state(3) == MemberState::down);
  CHECK(toy.state(4) == MemberState::alive);
  REQUIRE(toy.published<Verdict>().size() == 1);
  CHECK(toy.published<Verdict>()[0] == toy::down(3));
}

TEST_CASE(
    "membership: a live member whose machine is gone is probed at once, and down if it is silent",
    "[membership][gone]") {
  Engine toy;
  toy.know_up_to(20);
  toy.engine.on_gone(toy.now, {endpoint(3)}, toy.outbox);
  CHECK(toy.state(3) == MemberState::alive);
  CHECK(toy.published<Verdict>().empty());
  // Nobody was measured yet, so it has three times 500 ms to answer.
  for (int i = 0; i < 16; ++i) {
    toy.engine.on_heard(toy.now, node(4), endpoint(4), toy.outbox);
    toy.run_for(100);
  }
  CHECK(toy.state(3) == MemberState::down);
  const auto verdicts = toy.published<Verdict>();
  CHECK(std::count(verdicts.begin(), verdicts.end(), toy::down(3)) == 1);
}

TEST_CASE("membership: a member that answers outlives every word that its machine is gone",
          "[membership][gone]") {
  MembershipOptions options;
  Engine toy{options};
  toy.know_up_to(5);
  const auto answer_all = [&](std::int64_t ms) {
    for (std::int64_t i = 0; i < ms; i += 10) {
      toy.outbox.clear();
      toy.run_for(10);
      for (const Send& ping : toy.sent<Ping>()) {
        toy.engine.on_message(toy.now, std::get<Ping>(ping.message).target, ping.to, false,
                              Ack{sequence_of(ping)}, toy.outbox);
      }
    }
  };
  for (int answers = 0; answers < 5; ++answers) {
    toy.engine.on_gone(toy.now, {endpoint(2), endpoint(3)}, toy.outbox);
    answer_all(2'000);
    CHECK(toy.state(2) == MemberState::alive);
    CHECK(toy.state(3) == MemberState::alive);
  }
  // It is suspected like any other: having answered once, it gets its time.
  toy.engine.on_verdict(toy.now, node(4), toy::suspect(3), toy.outbox);
  toy.engine.on_gone(toy.now, {endpoint(3)}, toy.outbox);
  CHECK(toy.state(3) == MemberState::suspect);
}

TEST_CASE("membership: one that has outlived that word is checked by a panel first, like any other",
          "[membership][gone]") {
  Engine toy;
  toy.know_up_to(20);
  toy.engine.on_gone(toy.now, {endpoint(3)}, toy.outbox);
  toy::live_for(toy, 2'000);
  toy.outbox.clear();
  for (int i = 0; i < 2'000 && toy.sent<Inquest>().empty(); ++i) {
    toy.engine.on_heard(toy.now, node(4), endpoint(4), toy.outbox);
    toy::live_for(toy, 100, 3);
  }
  CHECK_FALSE(toy.sent<Inquest>().empty());
  CHECK(toy.published<Verdict>().empty());
  CHECK(toy.state(3) == MemberState::alive);
}

TEST_CASE("membership: a suspicion by another buries whose machine is known to be gone",
          "[membership][gone]") {
  Engine toy;
  toy.know_up_to(9);
  toy.engine.on_gone(toy.now, {endpoint(3)}, toy.outbox);
  REQUIRE(toy.state(3) == MemberState::alive);
  toy.engine.on_verdict(toy.now, node(4), toy::suspect(3), toy.outbox);
  CHECK(toy.state(3) == MemberState::down);
}

TEST_CASE(
    "membership: that a machine is gone is said of a member's life that ended, not of its next",
    "[membership][gone]") {
  Engine toy;
  toy.know_up_to(9);
  toy.engine.on_gone(toy.now, {endpoint(3)}, toy.outbox);
  toy.engine.on_verdict(toy.now, node(4), toy::suspect(3), toy.outbox);
  REQUIRE(toy.state(3) == MemberState::down);
  toy.engine.on_member(toy.now, node(3), toy::statement(3, 2), toy.outbox);
  toy.engine.on_verdict(toy.now, node(4), toy::suspect(3, 2), toy.outbox);
  CHECK(toy.state(3) == MemberState::suspect);
}

TEST_CASE("membership: words about this node, strangers and the dead change nothing",
          "[membership][gone]") {
  Engine toy;
  toy.know_up_to(4);
  toy.hear_dead(2, {4});
  toy.outbox.clear();
  toy.engine.on_gone(toy.now, {endpoint(1), endpoint(99), endpoint(4)}, toy.outbox);
  CHECK(toy.outbox.empty());
  toy.run_for(1'000);
  for (const Send& ping : toy.sent<Ping>()) CHECK(ping.to != endpoint(1));
  CHECK(toy.state(1) == MemberState::alive);
  CHECK(toy.state(4) == MemberState::down);
}

TEST_CASE(
    "membership: a whole zone told gone is probed one after the other, without waiting for periods",
    "[membership][gone]") {
  Engine toy;
  toy.know_up_to(20);
  std::vector<Endpoint> zone;
  for (std::uint8_t i = 2; i <= 11; ++i) zone.push_back(endpoint(i));
  toy.engine.on_gone(toy.now, zone, toy.outbox);
  // 10 probes of 600 ms, and one that was on its way.
  for (int i = 0; i < 700; ++i) {
    toy.engine.on_heard(toy.now, node(20), endpoint(20), toy.outbox);
    REQUIRE(toy.run_for(10));
  }
  for (std::uint8_t i = 2; i <= 11; ++i) CHECK(toy.state(i) == MemberState::down);
}

}  // namespace
}  // namespace gossamer::membership
