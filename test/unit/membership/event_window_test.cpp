#include "membership/event_window.hpp"

#include <catch2/catch.hpp>

#include "unit/membership/toy_engine.hpp"

namespace gossamer::membership {
namespace {

using toy::at;
using toy::down;
using toy::Engine;
using toy::node;
using toy::statement;

TEST_CASE("membership: many deaths in one window are one event", "[membership][events]") {
  Engine toy;
  toy.know_up_to(12);
  toy.hear_dead(12, {2, 3, 4, 5, 6, 7, 8, 9, 10, 11});
  CHECK(toy.events<MembersDown>().empty());
  toy.run_for(20);
  const auto events = toy.events<MembersDown>();
  REQUIRE(events.size() == 1);
  CHECK(events[0].members.size() == 10);
  for (const Member& member : events[0].members) {
    CHECK(member.state == MemberState::down);
  }
}

TEST_CASE("membership: deaths soon after a first are told together", "[membership][events]") {
  EventWindow window{toy::milliseconds{1'500}};
  Outbox outbox;
  Engine toy;
  toy.know_up_to(12);
  std::vector<std::size_t> told;
  const auto run_to = [&](std::int64_t ms) {
    while (window.next_deadline() && *window.next_deadline() <= at(ms)) {
      outbox.clear();
      window.on_deadline(*window.next_deadline(), toy.engine.members(), outbox);
      for (const Effect& effect : outbox) {
        told.push_back(std::get<MembersDown>(std::get<Notify>(effect).event).members.size());
      }
    }
  };
  for (std::uint8_t i = 2; i <= 11; ++i) {
    run_to(100 * i);
    window.down(at(100 * i), node(i));
  }
  run_to(10'000);
  CHECK(told == std::vector<std::size_t>{1, 9});
  window.down(at(20'000), node(12));
  run_to(20'004);
  CHECK(told.size() == 2);
  run_to(20'005);
  CHECK(told.size() == 3);
}

TEST_CASE("membership: who is down and up again before that is told is not mentioned",
          "[membership][events]") {
  EventWindow window{toy::milliseconds{1'500}};
  Outbox outbox;
  Engine toy;
  toy.know_up_to(3);
  window.down(at(0), node(2));
  window.up(at(1), node(2));
  window.on_deadline(at(1'000), toy.engine.members(), outbox);
  CHECK(outbox.empty());
}

TEST_CASE("membership: who is down and says goodbye before that is told is not told to be down",
          "[membership][events]") {
  EventWindow window{toy::milliseconds{1'500}};
  Outbox outbox;
  Engine toy;
  toy.know_up_to(3);
  window.down(at(0), node(2));
  // That it had come was told long ago.
  CHECK(window.withdraw(node(2)) == EventWindow::Untold::down);
  window.on_deadline(at(1'000), toy.engine.members(), outbox);
  CHECK(outbox.empty());
}

TEST_CASE("membership: the first death is told after a moment, though others die meanwhile",
          "[membership][events]") {
  EventWindow window{toy::milliseconds{1'500}};
  Engine toy;
  toy.know_up_to(12);
  window.down(at(0), node(2));
  window.down(at(4), node(3));
  CHECK(window.next_deadline() == at(5));
}

TEST_CASE("membership: arrivals wait for each other for a moment, not as long as others arrive",
          "[membership][events]") {
  EventWindow window{toy::milliseconds{1'500}};
  Outbox outbox;
  Engine toy;
  toy.know_up_to(12);
  for (std::uint8_t i = 2; i <= 11; ++i) {
    window.up(at(5 * (i - 2)), node(i));
    window.on_deadline(at(5 * (i - 2)), toy.engine.members(), outbox);
  }
  REQUIRE(outbox.size() == 2);
  // At 20 ms the fifth has just come.
  CHECK(std::get<MembersUp>(std::get<Notify>(outbox[0]).event).members.size() == 5);
}

TEST_CASE("membership: many arrivals in one window are one event", "[membership][events]") {
  Engine toy;
  for (std::uint8_t i = 2; i <= 50; ++i) {
    toy.engine.on_member(toy.now, node(i), statement(i), toy.outbox);
  }
  toy.run_for(20);
  REQUIRE(toy.events<MembersUp>().size() == 1);
  CHECK(toy.events<MembersUp>()[0].members.size() == 49);
}

TEST_CASE("membership: who is heard of and buried in one window is not mentioned",
          "[membership][events]") {
  Engine toy;
  toy.engine.on_member(toy.now, node(2), statement(2), toy.outbox);
  // Said by one that is not known here, as when a newcomer takes in the whole list.
  CHECK(toy.engine.on_verdict(toy.now, node(77), down(2), toy.outbox));
  CHECK(toy.state(2) == MemberState::down);
  toy.run_for(100);
  CHECK(toy.events<MembersUp>().empty());
  CHECK(toy.events<MembersDown>().empty());
}

TEST_CASE("membership: who gives way to another and says goodbye in one window has left",
          "[membership][events]") {
  Engine toy;
  toy.know_up_to(5);
  MemberStatement moved = statement(2, 2);
  moved.endpoint = toy::endpoint(3);
  toy.engine.on_member(toy.now, node(2), moved, toy.outbox);
  CHECK(toy.state(2) == MemberState::down);
  toy.engine.on_member(toy.now, node(2), toy::goodbye(2, 3), toy.outbox);
  CHECK(toy.state(2) == MemberState::left);
  toy.run_for(20);
  CHECK(toy.events<MembersDown>().empty());
  REQUIRE(toy.events<MemberLeft>().size() == 1);
  CHECK(toy.events<MemberLeft>()[0].member.id == node(2));
}

TEST_CASE("membership: nobody is told to be suspected who was not told to be up",
          "[membership][events]") {
  Engine toy;
  toy.know_up_to(5);
  toy.engine.on_member(toy.now, node(6), statement(6), toy.outbox);
  CHECK(toy.engine.on_verdict(toy.now, node(5), toy::suspect(6), toy.outbox));
  CHECK(toy.events<MemberSuspected>().empty());
  toy.run_for(20);
  REQUIRE(toy.events<MembersUp>().size() == 1);
  CHECK(toy.events<MembersUp>()[0].members[0].state == MemberState::suspect);
  CHECK(toy.engine.on_member(toy.now, node(6), statement(6, 2), toy.outbox));
  CHECK(toy.engine.on_verdict(toy.now, node(5), toy::suspect(6, 2), toy.outbox));
  CHECK(toy.events<MemberSuspected>().size() == 1);
}

TEST_CASE("membership: a death that is told in the moment of a return is to be answered too",
          "[membership][events][hostile]") {
  Engine toy;
  toy.know_up_to(5);
  toy.engine.on_member(toy.now, node(6), statement(6), toy.outbox);
  // This node might be a newcomer, that takes in the whole list: so the first one counts at once.
  toy.engine.on_verdict(toy.now, node(5), down(6), toy.outbox);
  CHECK(toy.state(6) == MemberState::down);
  for (Incarnation incarnation = 2; incarnation < 12; ++incarnation) {
    toy.engine.on_member(toy.now, node(6), statement(6, incarnation), toy.outbox);
    CHECK(toy.state(6) == MemberState::alive);
    toy.engine.on_verdict(toy.now, node(5), down(6, incarnation), toy.outbox);
    CHECK(toy.state(6) == MemberState::suspect);
    toy.run_for(5);
  }
  CHECK(toy.events<MembersUp>().size() == 1);
}

}  // namespace
}  // namespace gossamer::membership
