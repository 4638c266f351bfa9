// Who lives at an address, whatever insiders say of where they live.

#include <rapidcheck.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <chrono>
#include <map>

#include "unit/membership/toy_engine.hpp"

namespace gossamer::membership {
namespace {

using toy::down;
using toy::endpoint;
using toy::Engine;
using toy::milliseconds;
using toy::node;
using toy::statement;
using toy::suspect;

/// Node `number` says that it lives at the address of node `at`.
void move_to(Engine& toy, std::uint8_t number, std::uint8_t at, Incarnation incarnation) {
  MemberStatement moved = statement(number, incarnation);
  moved.endpoint = endpoint(at);
  toy.engine.on_member(toy.now, node(number), moved, toy.outbox);
}

/// Node `number` answers, from the address of node `at`, what was asked of it there.
void answer_from(Engine& toy, std::uint8_t number, std::uint8_t at) {
  const auto pings = toy.sent<Ping>();
  for (const Send& send : pings) {
    const Ping& ping = std::get<Ping>(send.message);
    if (ping.target != node(number) || send.to != endpoint(at)) continue;
    toy.engine.on_message(toy.now, node(number), endpoint(at), false, Ack{ping.sequence},
                          toy.outbox);
  }
}

std::size_t count_of(const Engine& toy, const Verdict& verdict) {
  const auto all = toy.published<Verdict>();
  return static_cast<std::size_t>(std::count(all.begin(), all.end(), verdict));
}

TEST_CASE(
    "membership: a live member that moves to where another lives waits until it answers there",
    "[membership][restart][hostile]") {
  Engine toy;
  toy.know_up_to(5);
  move_to(toy, 3, 2, 2);
  CHECK(toy.state(2) == MemberState::alive);
  CHECK(toy.state(3) == MemberState::down);
  CHECK(toy.published<Verdict>().empty());
  SECTION("it answers") {
    answer_from(toy, 3, 2);
    CHECK(toy.state(3) == MemberState::alive);
    CHECK(toy.state(2) == MemberState::down);
    toy.run_for(5'000);
    for (const MembersDown& event : toy.events<MembersDown>()) {
      for (const Member& member : event.members) CHECK(member.id != node(3));
    }
  }
  SECTION("it does not") {
    toy.run_for(100);
    REQUIRE(toy.events<MembersDown>().size() == 1);
    CHECK(toy.events<MembersDown>()[0].members[0].id == node(3));
    CHECK(toy.state(2) == MemberState::alive);
  }
  SECTION("it goes home again") {
    move_to(toy, 3, 3, 3);
    CHECK(toy.state(3) == MemberState::alive);
  }
  SECTION("the two have changed places") {
    move_to(toy, 2, 3, 2);
    CHECK(toy.state(2) == MemberState::alive);
    CHECK(toy.state(3) == MemberState::alive);
  }
}

/// Node `ghost` lives at the address of node 2, and was ousted elsewhere a moment ago.
void haunt(Engine& toy, std::uint8_t ghost, std::uint8_t by) {
  move_to(toy, by, ghost, 2);
  answer_from(toy, by, ghost);
  REQUIRE(toy.state(ghost) == MemberState::down);
  move_to(toy, ghost, 2, 2);
}

TEST_CASE(
    "membership: who answers at an address has it, though who is said to live there may not be "
    "ousted yet",
    "[membership][restart][hostile]") {
  Engine toy;
  toy.know_up_to(9);
  toy.engine.on_member(toy.now, node(2), toy::goodbye(2, 2), toy.outbox);
  haunt(toy, 5, 6);
  haunt(toy, 7, 8);
  CHECK(toy.state(5) == MemberState::alive);  // The first to come where nobody lives.
  CHECK(toy.state(7) == MemberState::down);
  move_to(toy, 2, 2, 3);
  CHECK(toy.state(2) == MemberState::down);
  toy.outbox.clear();
  toy.engine.on_heard(toy.now, node(2), endpoint(2), toy.outbox);
  toy.run_for(200);
  answer_from(toy, 2, 2);
  CHECK(toy.state(2) == MemberState::alive);
  CHECK(toy.state(5) == MemberState::down);
  CHECK(toy.state(7) == MemberState::down);
  CHECK(count_of(toy, down(5, 2)) == 0);  // The pace holds back what is told.

  // However often they say so again, they wait.
  for (Incarnation i = 3; i < 20; ++i) {
    move_to(toy, 5, 2, i);
    move_to(toy, 7, 2, i);
    CHECK(toy.state(2) == MemberState::alive);
  }
}

TEST_CASE(
    "membership: who has answered is not overtaken by another that waits for the same address",
    "[membership][restart][hostile]") {
  Engine toy;
  toy.know_up_to(9);
  move_to(toy, 3, 2, 2);
  toy.run_for(10'000);  // It has been asked as often as anybody is.
  toy.outbox.clear();
  toy.engine.on_heard(toy.now, node(3), endpoint(2), toy.outbox);
  move_to(toy, 4, 2, 2);
  answer_from(toy, 3, 2);
  CHECK(toy.state(3) == MemberState::alive);
  CHECK(toy.state(2) == MemberState::down);
  CHECK(toy.state(4) == MemberState::down);
}

TEST_CASE(
    "membership: two that both answer at one address do not replace each other at every answer",
    "[membership][restart][hostile]") {
  Engine toy;
  toy.know_up_to(4);
  toy.run_for(20);
  std::size_t changes = 0;
  bool was_live = true;
  for (int i = 0; i < 400; ++i) {  // 40 s, of which each 5 may see two changes.
    const auto number = static_cast<std::uint8_t>(2 + i % 2);
    move_to(toy, number, 2, 10u + static_cast<Incarnation>(i));
    toy.engine.on_heard(toy.now, node(number), endpoint(2), toy.outbox);
    answer_from(toy, number, 2);
    toy.outbox.clear();
    toy.run_for(100);
    const bool is_live = toy.state(2) == MemberState::alive;
    changes += is_live != was_live ? 1 : 0;
    was_live = is_live;
  }
  CHECK(changes <= 20);
}

TEST_CASE("membership: an address never has two live members, whatever is said, heard and answered",
          "[membership][restart][law]") {
  CHECK(rc::check([] {
    Engine toy;
    std::map<std::uint8_t, Incarnation> said;
    // Nodes 2 to 13, each at one of the addresses 1 to 4, now and then at another; 1 is the
    // engine's own.
    std::map<std::uint8_t, Endpoint> homes;
    const auto home = [&](std::uint8_t number) {
      const auto first = endpoint(static_cast<std::uint8_t>(1 + number % 4));
      return homes.try_emplace(number, first).first->second;
    };
    for (int step = 0; step < 60; ++step) {
      const auto number = *rc::gen::inRange<std::uint8_t>(2, 14);
      switch (*rc::gen::inRange(0, 6)) {
        case 0:
        case 1: {
          MemberStatement statement = toy::statement(number, ++said[number]);
          if (*rc::gen::inRange(0, 3) == 0) {
            homes[number] = endpoint(*rc::gen::inRange<std::uint8_t>(1, 5));
          }
          statement.endpoint = home(number);
          statement.is_leaving = *rc::gen::inRange(0, 8) == 0;
          toy.engine.on_member(toy.now, node(number), statement, toy.outbox);
          break;
        }
        case 2: toy.engine.on_heard(toy.now, node(number), home(number), toy.outbox); break;
        case 3: {
          const bool is_down = *rc::gen::arbitrary<bool>();
          const Verdict verdict =
              is_down ? down(number, said[number]) : suspect(number, said[number]);
          const auto judge = *rc::gen::inRange<std::uint8_t>(2, 14);
          toy.engine.on_verdict(toy.now, node(judge), verdict, toy.outbox);
          break;
        }
        case 4:
          for (const Send& send : toy.sent<Ping>()) {
            const Ping& ping = std::get<Ping>(send.message);
            if (ping.target != node(number)) continue;
            toy.engine.on_message(toy.now, ping.target, send.to, false, Ack{ping.sequence},
                                  toy.outbox);
          }
          break;
        default: toy.run_for(*rc::gen::inRange(0, 400)); break;
      }
      std::map<Endpoint, int> live;
      for (const Member& member : toy.engine.members()) {
        if (member.is_live()) RC_ASSERT(++live[member.endpoint] <= 1);
      }
    }
  }));
}

}  // namespace
}  // namespace gossamer::membership
