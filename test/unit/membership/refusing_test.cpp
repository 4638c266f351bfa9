// What closed links and refused connects mean.

#include <catch2/catch.hpp>
#include <set>
#include <string>

#include "membership/panel.hpp"
#include "unit/membership/toy_engine.hpp"

namespace gossamer::membership {
namespace {

using toy::at;
using toy::endpoint;
using toy::Engine;
using toy::live_for;
using toy::milliseconds;
using toy::node;
using toy::statement;

constexpr std::uint8_t kNodes = 12;

// Knows how soon others answer, so that 15 ms is the time it gives them, and where they live.
Engine settled(std::uint8_t last = kNodes) {
  Engine toy;
  toy.know_up_to(last);
  live_for(toy, 4'000);
  toy.outbox.clear();
  return toy;
}

void tell_as(Engine& toy, std::uint8_t from, bool is_clear) {
  toy.engine.on_message(toy.now, node(from), endpoint(from), false,
                        Opinion{node(2), 1, is_clear, true}, toy.outbox);
}

// Of those who are asked about node 2, the one at this place.
std::uint8_t asked_at(const Engine& toy, std::size_t place) {
  return panel_of(toy.engine.members(), node(2), 1, node(1), 0)[place]->id.bytes[0];
}

void tell(Engine& toy, std::size_t place, bool is_clear) {
  tell_as(toy, asked_at(toy, place), is_clear);
}

std::size_t asked(const Engine& toy) {
  std::size_t count = 0;
  for (const Send& send : toy.sent<Inquest>()) {
    count += std::get<Inquest>(send.message).is_refused ? 1 : 0;
  }
  return count;
}

TEST_CASE("membership: a closed link is looked into by a knock and a ping", "[membership][links]") {
  Engine toy = settled();
  toy.engine.on_link(toy.now, endpoint(2), LinkEvent::closed, toy.outbox);
  REQUIRE(toy.all<Knock>().size() == 1);
  CHECK(toy.all<Knock>()[0].endpoint == endpoint(2));
  CHECK(toy.sent<Ping>().size() == 1);
  CHECK(toy.state(2) == MemberState::alive);
  toy.run_for(300);
  CHECK(asked(toy) == 0);  // Nothing was refused.
  CHECK(toy.published<Verdict>().empty());
}

TEST_CASE(
    "membership: a process that ends closes its links before its port, so an open port is knocked "
    "at again",
    "[membership][links]") {
  Engine toy = settled();
  toy.engine.on_link(toy.now, endpoint(2), LinkEvent::closed, toy.outbox);
  toy.engine.on_link(toy.now, endpoint(2), LinkEvent::opened, toy.outbox);
  const Send ping = toy.sent<Ping>()[0];
  SECTION("it is refused then, and the panel is asked") {
    toy.run_for(20);
    CHECK(toy.all<Knock>().size() == 2);
    toy.engine.on_link(toy.now, endpoint(2), LinkEvent::refused, toy.outbox);
    CHECK(asked(toy) == kPanelSize);
    tell(toy, 0, false);
    tell(toy, 1, false);
    CHECK(toy.state(2) == MemberState::alive);  // It was pinged again too, and may answer yet.
    toy.run_for(20);
    CHECK(toy.state(2) == MemberState::down);
  }
  SECTION("when it is seen to be open, if it had been silent before that") {
    toy.run_for(20);  // The first ping, and the one with the second knock.
    REQUIRE(toy.all<Knock>().size() == 2);
    toy.run_for(20);
    CHECK(toy.all<Knock>().size() == 2);
    toy.engine.on_link(toy.now, endpoint(2), LinkEvent::opened, toy.outbox);
    CHECK(toy.all<Knock>().size() == 3);
  }
  SECTION("but not if it answers") {
    toy.engine.on_message(toy.now, node(2), endpoint(2), false,
                          Ack{std::get<Ping>(ping.message).sequence}, toy.outbox);
    toy.run_for(100);
    CHECK(toy.all<Knock>().size() == 1);
  }
  SECTION("and not for ever, if it is only busy") {
    for (int i = 0; i < 10; ++i) {
      toy.run_for(20);
      toy.engine.on_link(toy.now, endpoint(2), LinkEvent::opened, toy.outbox);
    }
    CHECK(toy.all<Knock>().size() == 3);
    CHECK(toy.state(2) == MemberState::alive);
    CHECK(asked(toy) == 0);
  }
}

TEST_CASE("membership: refused and silent here and to two of the panel it is down",
          "[membership][links]") {
  Engine toy = settled();
  toy.engine.on_link(toy.now, endpoint(2), LinkEvent::closed, toy.outbox);
  toy.engine.on_link(toy.now, endpoint(2), LinkEvent::refused, toy.outbox);
  CHECK(asked(toy) == kPanelSize);
  tell(toy, 0, false);
  tell(toy, 0, false);  // Twice the same is one.
  toy.run_for(20);
  CHECK(toy.state(2) == MemberState::alive);
  tell(toy, 1, false);
  CHECK(toy.state(2) == MemberState::down);
  REQUIRE(toy.published<Verdict>().size() == 1);
  CHECK(toy.published<Verdict>()[0].is_refused);
  CHECK(asked(toy) == kPanelSize);  // Each once.
  CHECK(toy.published<Verdict>()[0].state == MemberState::down);
}

TEST_CASE("membership: a refusal that comes two seconds later is of another story",
          "[membership][links]") {
  Engine toy = settled();
  toy.engine.on_link(toy.now, endpoint(2), LinkEvent::closed, toy.outbox);
  toy.run_for(2'001);
  toy.engine.on_link(toy.now, endpoint(2), LinkEvent::refused, toy.outbox);
  CHECK(asked(toy) == 0);
}

TEST_CASE("membership: a look that a stall of this node cut short is begun anew",
          "[membership][links][stall]") {
  Engine toy = settled();
  toy.engine.on_link(toy.now, endpoint(2), LinkEvent::closed, toy.outbox);
  toy.now = toy.now + milliseconds{300};
  toy.engine.on_stall(toy.now, milliseconds{300});
  toy.engine.on_link(toy.now, endpoint(2), LinkEvent::closed, toy.outbox);
  CHECK(toy.all<Knock>().size() == 2);
}

TEST_CASE("membership: a link to where this node lives itself is nothing to look into",
          "[membership][links]") {
  Engine toy = settled();
  toy.engine.on_link(toy.now, endpoint(1), LinkEvent::closed, toy.outbox);
  CHECK(toy.all<Knock>().empty());
}

TEST_CASE("membership: that a link could not be made, or why, is not known, shows nothing",
          "[membership][links]") {
  Engine toy = settled();
  SECTION("it was refused: the knock shows whether it is again") {
    toy.engine.on_link(toy.now, endpoint(2), LinkEvent::refused, toy.outbox);
    CHECK(toy.all<Knock>().size() == 1);
    CHECK(asked(toy) == 0);
    toy.engine.on_link(toy.now, endpoint(2), LinkEvent::refused, toy.outbox);
    CHECK(asked(toy) == kPanelSize);
  }
  SECTION("nothing is known of the knock: what comes after it is none") {
    toy.engine.on_link(toy.now, endpoint(2), LinkEvent::closed, toy.outbox);
    toy.engine.on_link(toy.now, endpoint(2), LinkEvent::unknown, toy.outbox);
    toy.engine.on_link(toy.now, endpoint(2), LinkEvent::refused, toy.outbox);
    CHECK(asked(toy) == 0);
  }
}

TEST_CASE("membership: refusals alone do not bury one that answers", "[membership][links]") {
  Engine toy = settled();
  toy.engine.on_link(toy.now, endpoint(2), LinkEvent::closed, toy.outbox);
  const Send ping = toy.sent<Ping>()[0];
  toy.engine.on_link(toy.now, endpoint(2), LinkEvent::refused, toy.outbox);
  const char* const how = GENERATE("it acks", "somebody is let in", "our next knock is answered");
  CAPTURE(how);
  if (std::string{how} == "it acks") {
    toy.engine.on_message(toy.now, node(2), endpoint(2), false,
                          Ack{std::get<Ping>(ping.message).sequence}, toy.outbox);
  } else if (std::string{how} == "somebody is let in") {
    tell(toy, 2, true);
  } else {
    toy.engine.on_link(toy.now, endpoint(2), LinkEvent::opened, toy.outbox);
  }
  tell(toy, 0, false);
  tell(toy, 1, false);
  toy.run_for(100);
  CHECK(toy.state(2) == MemberState::alive);
  CHECK(toy.published<Verdict>().empty());
}

TEST_CASE("membership: one refusal from one place shows nothing", "[membership][links][hostile]") {
  Engine toy = settled();
  for (int i = 0; i < 100; ++i) {
    toy.engine.on_link(toy.now, endpoint(2), LinkEvent::closed, toy.outbox);
    toy.engine.on_link(toy.now, endpoint(2), LinkEvent::refused, toy.outbox);
    toy.run_for(20);
  }
  CHECK(toy.engine.members().find(node(2))->state == MemberState::alive);
}

TEST_CASE("membership: a refusal that comes after the ping was answered leads to no other knock",
          "[membership][links]") {
  Engine toy = settled();
  const bool is_watch = GENERATE(true, false);  // Or a link that has stood.
  CAPTURE(is_watch);
  const LinkEvent how = is_watch ? LinkEvent::refused : LinkEvent::closed;
  toy.engine.on_link(toy.now, endpoint(2), how, toy.outbox);
  REQUIRE(toy.all<Knock>().size() == 1);
  for (int i = 0; i < 3; ++i) {
    const Send ping = toy.sent<Ping>().back();
    toy.engine.on_message(toy.now, node(2), endpoint(2), false,
                          Ack{std::get<Ping>(ping.message).sequence}, toy.outbox);
    toy.engine.on_link(toy.now, endpoint(2), LinkEvent::refused, toy.outbox);
  }
  CHECK(toy.all<Knock>().size() == 1);
  CHECK(toy.sent<Ping>().size() == 1);
  SECTION("but the next watch that is refused does") {
    toy.run_for(10'000);
    toy.outbox.clear();
    toy.engine.on_link(toy.now, endpoint(2), LinkEvent::refused, toy.outbox);
    CHECK(toy.all<Knock>().size() == 1);
  }
}

TEST_CASE("membership: what refused a member's life before is held against no later one",
          "[membership][links]") {
  Engine toy = settled();
  SECTION("not by the panel") {
    toy.engine.on_link(toy.now, endpoint(2), LinkEvent::closed, toy.outbox);
    toy.engine.on_link(toy.now, endpoint(2), LinkEvent::refused, toy.outbox);
    tell(toy, 0, false);
    toy.run_for(20);
    toy.engine.on_member(toy.now, node(2), statement(2, 7), toy.outbox);
    tell(toy, 1, false);
  }
  SECTION("not by who has heard that it was refused") {
    Verdict verdict = toy::down(2);
    verdict.is_refused = true;
    toy.engine.on_verdict(toy.now, node(5), verdict, toy.outbox);
    toy.engine.on_member(toy.now, node(2), statement(2, 7), toy.outbox);
    toy.engine.on_link(toy.now, endpoint(2), LinkEvent::refused, toy.outbox);
  }
  CHECK(toy.state(2) == MemberState::alive);
  CHECK(toy.published<Verdict>().empty());
  toy.run_for(500);
  CHECK(toy.state(2) != MemberState::down);
}

TEST_CASE("membership: of refused connects nobody is heard who was not asked",
          "[membership][links][hostile]") {
  Engine toy = settled();
  toy.engine.on_link(toy.now, endpoint(2), LinkEvent::closed, toy.outbox);
  toy.engine.on_link(toy.now, endpoint(2), LinkEvent::refused, toy.outbox);
  toy.run_for(20);
  std::set<std::uint8_t> unasked;
  for (std::uint8_t i = 3; i <= kNodes; ++i) unasked.insert(i);
  for (std::size_t place = 0; place < kPanelSize; ++place) unasked.erase(asked_at(toy, place));
  SECTION("not who says that it was refused too") {
    for (const std::uint8_t from : unasked) tell_as(toy, from, false);
    CHECK(toy.state(2) == MemberState::alive);
  }
  SECTION("nor who was asked and speaks of another life") {
    for (std::size_t place = 0; place < kPanelSize; ++place) {
      const std::uint8_t from = asked_at(toy, place);
      toy.engine.on_message(toy.now, node(from), endpoint(from), false,
                            Opinion{node(2), 2, place % 2 == 0, true}, toy.outbox);
    }
    CHECK(toy.state(2) == MemberState::alive);
    tell(toy, 0, false);
    tell(toy, 1, false);
    CHECK(toy.state(2) == MemberState::down);
  }
  SECTION("not who says that it was let in") {
    for (const std::uint8_t from : unasked) tell_as(toy, from, true);
    tell(toy, 0, false);
    tell(toy, 1, false);
    CHECK(toy.state(2) == MemberState::down);
  }
}

TEST_CASE("membership: with one other member a refusal decides nothing", "[membership][links]") {
  Engine toy = settled(2);
  toy.engine.on_link(toy.now, endpoint(2), LinkEvent::closed, toy.outbox);
  toy.engine.on_link(toy.now, endpoint(2), LinkEvent::refused, toy.outbox);
  toy.run_for(50);
  CHECK(toy.state(2) == MemberState::alive);
}

TEST_CASE("membership: who is asked knocks and pings, and says what it found",
          "[membership][links]") {
  Engine toy = settled();
  toy.engine.on_message(toy.now, node(7), endpoint(7), false, Inquest{node(2), 1, true},
                        toy.outbox);
  REQUIRE(toy.all<Knock>().size() == 1);
  const Send ping = toy.sent<Ping>()[0];
  const char* const how = GENERATE("it acks", "it lets us in", "it is refused and silent");
  CAPTURE(how);
  const bool is_there = std::string{how} != "it is refused and silent";
  if (std::string{how} == "it acks") {
    toy.engine.on_message(toy.now, node(2), endpoint(2), false,
                          Ack{std::get<Ping>(ping.message).sequence}, toy.outbox);
  } else if (is_there) {
    toy.engine.on_link(toy.now, endpoint(2), LinkEvent::opened, toy.outbox);
  } else {
    toy.engine.on_link(toy.now, endpoint(2), LinkEvent::refused, toy.outbox);
    CHECK(toy.sent<Opinion>().empty());  // It may answer yet.
    toy.run_for(20);
  }
  REQUIRE(toy.sent<Opinion>().size() == 1);
  const Send told = toy.sent<Opinion>()[0];
  CHECK(told.to == endpoint(7));
  CHECK(std::get<Opinion>(told.message).is_clear == is_there);
  CHECK(std::get<Opinion>(told.message).is_refused);
  CHECK(asked(toy) == 0);  // The panel is not ours to ask.
  if (is_there) return;
  // Who asks later is told the same, and nobody twice.
  toy.engine.on_message(toy.now, node(8), endpoint(8), false, Inquest{node(2), 1, true},
                        toy.outbox);
  REQUIRE(toy.sent<Opinion>().size() == 2);
  CHECK(toy.sent<Opinion>()[1].to == endpoint(8));
  CHECK(toy.all<Knock>().size() == 1);
}

TEST_CASE("membership: links closed all at once are looked into up to a bound",
          "[membership][links][bounds]") {
  Engine toy = settled(120);
  for (std::uint8_t i = 2; i <= 120; ++i) {
    toy.engine.on_link(toy.now, endpoint(i), LinkEvent::closed, toy.outbox);
  }
  CHECK(toy.all<Knock>().size() == 64);
  CHECK(toy.has_traced("membership: too many closed links at once"));
}

}  // namespace
}  // namespace gossamer::membership
