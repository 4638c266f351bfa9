// What others can have this node knock at, and what their word of a refusal is worth.

#include <catch2/catch.hpp>
#include <set>
#include <string>

#include "membership/panel.hpp"
#include "unit/membership/toy_engine.hpp"

namespace gossamer::membership {
namespace {

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

/// Node 2 says that it lives at some other port.
void move_to_port(Engine& toy, std::uint16_t port, Incarnation incarnation) {
  MemberStatement moved = statement(2, incarnation);
  moved.endpoint = {"192.168.7.7", port};
  toy.engine.on_member(toy.now, node(2), moved, toy.outbox);
}

void ask_to_knock(Engine& toy, std::uint8_t from, std::uint8_t accused, Incarnation incarnation) {
  toy.engine.on_message(toy.now, node(from), endpoint(from), false,
                        Inquest{node(accused), incarnation, true}, toy.outbox);
}

/// From where it has lived so far.
void hear_answer_of_2(Engine& toy) {
  toy.engine.on_message(toy.now, node(7), endpoint(7), false, Inquest{node(2), 1}, toy.outbox);
  const Send ping = toy.sent<Ping>().back();
  REQUIRE(std::get<Ping>(ping.message).target == node(2));
  toy.engine.on_message(toy.now, node(2), ping.to, false,
                        Ack{std::get<Ping>(ping.message).sequence}, toy.outbox);
  toy.outbox.clear();
}

TEST_CASE("membership: nobody has us knock at one port after the other",
          "[membership][links][hostile]") {
  Engine toy = settled();
  hear_answer_of_2(toy);
  const std::vector<Watch> before = toy.all<Watch>();
  for (std::uint16_t i = 0; i < 200; ++i) {
    move_to_port(toy, static_cast<std::uint16_t>(1'000 + i), 2u + i);
    for (std::uint8_t from = 3; from <= kNodes; ++from) ask_to_knock(toy, from, 2, 2u + i);
    Verdict verdict = toy::down(2, 2u + i);
    verdict.is_refused = true;
    toy.engine.on_verdict(toy.now, node(5), verdict, toy.outbox);
    toy.run_for(20);
  }
  CHECK(toy.all<Knock>().empty());
  for (const Watch& watch : toy.all<Watch>()) CHECK(watch.endpoint.address != "192.168.7.7");
}

TEST_CASE(
    "membership: where a member has moved to is knocked at when it has answered there, or kept to "
    "it",
    "[membership][links]") {
  Engine toy = settled();
  hear_answer_of_2(toy);  // Which shows nothing of where it moves to.
  move_to_port(toy, 1'000, 2);
  ask_to_knock(toy, 7, 2, 2);
  CHECK(toy.all<Knock>().empty());
  const char* const how = GENERATE("it answers", "it answers by stream", "three seconds pass");
  CAPTURE(how);
  const bool by_stream = std::string{how} == "it answers by stream";  // Which has no source.
  if (std::string{how} == "it answers" || by_stream) {
    toy.outbox.clear();
    toy.engine.on_message(toy.now, node(7), endpoint(7), false, Inquest{node(2), 2}, toy.outbox);
    const Send ping = toy.sent<Ping>()[0];
    toy.engine.on_message(toy.now, node(2), ping.to, by_stream,
                          Ack{std::get<Ping>(ping.message).sequence}, toy.outbox);
  } else {
    toy.now = toy.now + milliseconds{3'000};
  }
  toy.outbox.clear();
  ask_to_knock(toy, 8, 2, 2);
  CHECK(toy.all<Knock>().size() == (by_stream ? 0 : 1));
}

TEST_CASE("membership: of those who ask each is told once, and no more than a panel of them",
          "[membership][links][bounds]") {
  Engine toy = settled();
  for (int i = 0; i < 3; ++i) ask_to_knock(toy, 3, 2, 1);
  for (std::uint8_t from = 4; from <= kNodes; ++from) ask_to_knock(toy, from, 2, 1);
  toy.engine.on_link(toy.now, endpoint(2), LinkEvent::refused, toy.outbox);
  toy.run_for(20);
  std::set<Endpoint> told;
  for (const Send& send : toy.sent<Opinion>()) told.insert(send.to);
  CHECK(told.contains(endpoint(3)));
  CHECK(told.size() == kPanelSize);
  CHECK(toy.sent<Opinion>().size() == kPanelSize);
}

TEST_CASE("membership: to ask again for whom it looks into already costs an asker nothing",
          "[membership][links][bounds]") {
  Engine toy = settled();
  for (int i = 0; i < 7; ++i) ask_to_knock(toy, 3, 2, 1);
  for (std::uint8_t number = 4; number <= kNodes; ++number) ask_to_knock(toy, 3, number, 1);
  CHECK(toy.all<Knock>().size() == 8);
}

TEST_CASE("membership: one asker, and all of them, have us knock few times",
          "[membership][links][hostile][bounds]") {
  Engine toy = settled(200);
  const auto knocks = [&](std::uint8_t from) {
    toy.outbox.clear();
    for (std::uint8_t i = 100; i <= 200; ++i) {
      ask_to_knock(toy, from, i, 1);
      // It answers, so that the next may be looked into.
      const auto pings = toy.sent<Ping>();
      if (pings.empty()) continue;
      const Ping& ping = std::get<Ping>(pings.back().message);
      toy.engine.on_message(toy.now, ping.target, pings.back().to, false, Ack{ping.sequence},
                            toy.outbox);
    }
    return toy.all<Knock>().size();
  };
  CHECK(knocks(2) == 8);
  CHECK(knocks(2) == 0);
  CHECK(knocks(3) == 8);
  std::size_t all = 16;
  for (std::uint8_t from = 4; from < 50; ++from) all += knocks(from);
  CHECK(all == 64);
  SECTION("but what this node finds by itself it looks into") {
    toy.outbox.clear();
    toy.engine.on_link(toy.now, endpoint(150), LinkEvent::closed, toy.outbox);
    CHECK(toy.all<Knock>().size() == 1);
  }
}

TEST_CASE("membership: who hears of a death by refusals and is refused too need not wait",
          "[membership][links]") {
  Engine toy = settled();
  Verdict verdict = toy::down(2);
  verdict.is_refused = true;
  CHECK(toy.engine.on_verdict(toy.now, node(5), verdict, toy.outbox));
  CHECK(toy.state(2) == MemberState::suspect);
  REQUIRE(toy.all<Knock>().size() == 1);
  SECTION("refused") {
    toy.engine.on_link(toy.now, endpoint(2), LinkEvent::refused, toy.outbox);
    CHECK(toy.state(2) == MemberState::suspect);  // It may answer the ping yet.
    toy.run_for(20);
    CHECK(toy.state(2) == MemberState::down);
  }
  SECTION("refused by a firewall, and it answers the ping") {
    toy.engine.on_link(toy.now, endpoint(2), LinkEvent::refused, toy.outbox);
    for (const Send& ping : toy.sent<Ping>()) {
      if (std::get<Ping>(ping.message).target != node(2)) continue;
      toy.engine.on_message(toy.now, node(2), endpoint(2), false,
                            Ack{std::get<Ping>(ping.message).sequence}, toy.outbox);
    }
    toy.run_for(200);
    CHECK(toy.state(2) == MemberState::suspect);
  }
  SECTION("somebody listens: it has its hearing") {
    toy.engine.on_link(toy.now, endpoint(2), LinkEvent::opened, toy.outbox);
    CHECK(toy.state(2) == MemberState::suspect);
    toy.engine.on_member(toy.now, node(2), statement(2, 2), toy.outbox);
    CHECK(toy.state(2) == MemberState::alive);
  }
}

TEST_CASE(
    "membership: of a refusal that one tells who has just come back this node finds out itself",
    "[membership][links][split]") {
  Engine toy = settled();
  toy.hear_dead(5, {4});
  toy.engine.on_member(toy.now, node(4), statement(4, 2), toy.outbox);
  toy.outbox.clear();
  Verdict verdict = toy::down(2);
  verdict.is_refused = true;
  CHECK_FALSE(toy.engine.on_verdict(toy.now, node(4), verdict, toy.outbox));
  REQUIRE(toy.all<Knock>().size() == 1);
  CHECK(toy.all<Knock>()[0].endpoint == endpoint(2));
  toy.engine.on_link(toy.now, endpoint(2), LinkEvent::refused, toy.outbox);
  toy.run_for(20);
  CHECK(toy.state(2) == MemberState::down);
}

TEST_CASE("membership: a stranger's word of a refusal is not followed",
          "[membership][links][hostile]") {
  Engine toy = settled();
  Verdict verdict = toy::down(2);
  verdict.is_refused = true;
  toy.engine.on_verdict(toy.now, node(99), verdict, toy.outbox);
  CHECK(toy.all<Knock>().empty());
  toy.engine.on_message(toy.now, node(99), endpoint(99), false, Inquest{node(2), 1, true},
                        toy.outbox);
  CHECK(toy.all<Knock>().empty());
}

}  // namespace
}  // namespace gossamer::membership
