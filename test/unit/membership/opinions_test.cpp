// Whose word of a suspicion counts, and who is told what this node finds.

#include <algorithm>
#include <catch2/catch.hpp>
#include <set>

#include "membership/panel.hpp"
#include "unit/membership/toy_engine.hpp"

namespace gossamer::membership {
namespace {

using toy::down;
using toy::endpoint;
using toy::Engine;
using toy::live_for;
using toy::milliseconds;
using toy::node;
using toy::suspect;

constexpr std::uint8_t kNodes = 12;
constexpr std::uint8_t kSilent = 3;

void ask(Engine& toy, std::uint8_t from, std::uint8_t accused = kSilent,
         Incarnation incarnation = 1) {
  toy.engine.on_message(toy.now, node(from), endpoint(from), false,
                        Inquest{node(accused), incarnation}, toy.outbox);
}

void say(Engine& toy, std::uint8_t from, const Endpoint& at, bool is_clear,
         Incarnation incarnation = 1) {
  toy.engine.on_message(toy.now, node(from), at, false,
                        Opinion{node(kSilent), incarnation, is_clear}, toy.outbox);
}

std::size_t pings_to(const Engine& toy, std::uint8_t number) {
  const auto pings = toy.sent<Ping>();
  return static_cast<std::size_t>(std::count_if(pings.begin(), pings.end(), [&](const Send& ping) {
    return std::get<Ping>(ping.message).target == node(number);
  }));
}

/// Node 2 has asked about node 3 a quarter of a second ago, and this node finds it silent too. (It
/// knows how soon others answer, so that two times 100 ms is all that a check takes.) Node 11 has
/// left.
Engine doubting() {
  Engine toy;
  toy.know_up_to(kNodes);
  live_for(toy, 1'500);
  toy.engine.on_member(toy.now, node(11), toy::goodbye(11, 2), toy.outbox);
  ask(toy, 2);
  live_for(toy, 250, kSilent);
  toy.outbox.clear();
  return toy;
}

TEST_CASE("membership: two that find it silent too have it told to be down, whoever else says so",
          "[membership][panel][hostile]") {
  struct Row {
    const char* who;
    std::uint8_t from;
    std::uint8_t at;
    Incarnation incarnation;
    bool counts;
  };
  const auto row = GENERATE(values<Row>({{"a second one", 4, 4, 1, true},
                                         {"the same again", 2, 2, 1, false},
                                         {"one who is not at home there", 4, 44, 1, false},
                                         {"one that has left", 11, 11, 1, false},
                                         {"a stranger", 99, 99, 1, false},
                                         {"the accused", kSilent, kSilent, 1, false},
                                         {"one who speaks of an earlier life", 4, 4, 0, false},
                                         {"one who speaks of a later life", 4, 4, 2, false}}));
  CAPTURE(row.who);
  Engine toy = doubting();
  say(toy, row.from, endpoint(row.at), false, row.incarnation);
  live_for(toy, 900, kSilent);
  CHECK(toy.published<Verdict>() ==
        (row.counts ? std::vector{down(kSilent)} : std::vector<Verdict>{}));
}

TEST_CASE("membership: confirmations beyond those that are needed give no more time",
          "[membership][panel]") {
  Engine toy = doubting();
  say(toy, 4, endpoint(4), false);
  live_for(toy, 600, kSilent);
  REQUIRE(toy.published<Verdict>().empty());
  say(toy, 5, endpoint(5), false);
  live_for(toy, 200, kSilent);
  CHECK(toy.published<Verdict>() == std::vector{down(kSilent)});
}

TEST_CASE("membership: who has found it silent already says so when asked, without another check",
          "[membership][panel]") {
  Engine toy = doubting();
  ask(toy, 5);
  const auto told = toy.sent<Opinion>();
  REQUIRE(told.size() == 1);
  CHECK(told[0].to == endpoint(5));
  CHECK_FALSE(std::get<Opinion>(told[0].message).is_clear);
  CHECK(pings_to(toy, kSilent) == 0);
}

TEST_CASE("membership: what everybody was told only the accused ends, not who has reached it",
          "[membership][panel]") {
  Engine toy;
  toy.know_up_to(kNodes);
  toy.engine.on_verdict(toy.now, node(2), suspect(kSilent), toy.outbox);
  for (std::uint8_t from = 4; from <= kNodes; ++from) say(toy, from, endpoint(from), true);
  CHECK(toy.state(kSilent) == MemberState::suspect);
  live_for(toy, 6'000, kSilent);
  CHECK(toy.state(kSilent) == MemberState::down);
}

TEST_CASE("membership: whom it has found silent three times in a row nobody clears but itself",
          "[membership][panel]") {
  Engine toy;
  toy.know_up_to(40);
  live_for(toy, 1'500);
  toy.outbox.clear();
  for (int silences = 1; silences <= 3; ++silences) {
    ask(toy, 2);
    live_for(toy, 300, kSilent);
    say(toy, 4, endpoint(4), true);
    live_for(toy, 2'200, kSilent);
    CAPTURE(silences);
    CHECK(toy.published<Verdict>().empty() == (silences < 3));
  }
  CHECK(toy.published<Verdict>() == std::vector{suspect(kSilent)});
  SECTION("it dies of it, and is back: what it was silent before is not counted") {
    live_for(toy, 5'000, kSilent);
    REQUIRE(toy.state(kSilent) == MemberState::down);
    toy.engine.on_member(toy.now, node(kSilent), toy::statement(kSilent, 2), toy.outbox);
    toy.outbox.clear();
    ask(toy, 2, kSilent, 2);
    live_for(toy, 300, kSilent);
    say(toy, 4, endpoint(4), true, 2);
    live_for(toy, 2'200, kSilent);
    CHECK(toy.published<Verdict>().empty());
  }
}

TEST_CASE("membership: an answer ends the row of silences", "[membership][panel]") {
  Engine toy;
  toy.know_up_to(40);
  live_for(toy, 1'500);
  toy.outbox.clear();
  for (int silences = 1; silences <= 4; ++silences) {
    ask(toy, 2);
    live_for(toy, 300, kSilent);
    say(toy, 4, endpoint(4), true);
    if (silences == 2) ask(toy, 2);
    live_for(toy, 100);
  }
  live_for(toy, 2'200);
  CHECK(toy.published<Verdict>().empty());
}

TEST_CASE("membership: by stream nobody asks about others, or tells of them, for it has no source",
          "[membership][panel][hostile]") {
  Engine toy = doubting();
  toy.engine.on_message(toy.now, node(4), endpoint(4), true, Opinion{node(kSilent), 1, false},
                        toy.outbox);
  live_for(toy, 900, kSilent);
  CHECK(toy.published<Verdict>().empty());
  toy.outbox.clear();
  toy.engine.on_message(toy.now, node(4), endpoint(4), true, Inquest{node(7), 1}, toy.outbox);
  CHECK(toy.outbox.empty());
}

TEST_CASE(
    "membership: what it finds it tells the panel, who asked, and who made it public; not itself, "
    "nor whoever has left",
    "[membership][panel]") {
  Engine toy;
  toy.know_up_to(20);
  live_for(toy, 1'500);
  // One of whose panel this node is, and three that are not of it.
  std::uint8_t accused = 0;
  std::set<std::uint8_t> panel;
  while (!panel.contains(1)) {
    REQUIRE(++accused <= 20);
    panel.clear();
    if (accused == 1) continue;
    for (const Member* member : panel_of(toy.engine.members(), node(accused), 1, NodeId{}, 0)) {
      panel.insert(member->id.bytes[0]);
    }
  }
  std::vector<std::uint8_t> others;
  for (std::uint8_t i = 2; i <= 20; ++i) {
    if (i != accused && !panel.contains(i)) others.push_back(i);
  }
  const std::uint8_t asker = others[0];
  const std::uint8_t leaver = others[1];
  const std::uint8_t author = others[2];
  ask(toy, asker, accused);
  ask(toy, leaver, accused);
  toy.engine.on_verdict(toy.now, node(author), suspect(accused), toy.outbox);
  toy.engine.on_member(toy.now, node(leaver), toy::goodbye(leaver, 2), toy.outbox);
  toy.outbox.clear();
  live_for(toy, 250, accused);

  std::set<std::string> told;
  for (const Send& send : toy.sent<Opinion>()) {
    CHECK_FALSE(std::get<Opinion>(send.message).is_clear);
    told.insert(send.to.address);
  }
  std::set<std::string> expected{endpoint(asker).address, endpoint(author).address};
  for (const std::uint8_t number : panel) {
    if (number != 1) expected.insert(endpoint(number).address);
  }
  CHECK(told == expected);
}

TEST_CASE("membership: a public suspect that stays silent here is told of each time",
          "[membership][panel]") {
  MembershipOptions options;
  options.suspicion_floor = milliseconds{10'000};
  Engine toy{options};
  toy.know_up_to(4);
  live_for(toy, 1'500);
  toy.engine.on_verdict(toy.now, node(2), suspect(kSilent), toy.outbox);
  const auto silences = [&](std::int64_t ms) {
    std::size_t told = 0;
    for (std::int64_t i = 0; i < ms; ++i) {
      toy.outbox.clear();
      live_for(toy, 1, kSilent);
      told += toy.sent<Inquest>().empty() && toy.sent<Opinion>().empty() ? 0U : 1U;
    }
    return told;
  };
  CHECK(silences(9'000) == 2);
}

TEST_CASE("membership: who has only heard of a suspicion has nobody look, the accuser does",
          "[membership][panel]") {
  Engine toy;
  toy.know_up_to(kNodes);
  live_for(toy, 1'500);
  toy.engine.on_verdict(toy.now, node(2), suspect(kSilent), toy.outbox);
  toy.outbox.clear();
  live_for(toy, 4'000);
  CHECK(toy.sent<PingRequest>().empty());
}

TEST_CASE("membership: a check that is cut short by a stall of this node comes to nothing",
          "[membership][panel][stall]") {
  Engine toy;
  toy.know_up_to(kNodes);
  ask(toy, 2);
  toy.now = toy.now + milliseconds{2'000};
  toy.engine.on_stall(toy.now, milliseconds{2'000});
  toy.outbox.clear();
  for (int i = 0; i < 100; ++i) {
    REQUIRE(toy.run_for(0));
    live_for(toy, 100);
  }
  CHECK(toy.published<Verdict>().empty());
  CHECK(toy.sent<Opinion>().empty());
}

TEST_CASE("membership: one that leaves looks into nobody, and speaks of nobody",
          "[membership][panel][leave]") {
  Engine toy;
  toy.know_up_to(kNodes);
  live_for(toy, 4'000);
  toy.engine.leave(toy.now, toy.outbox);
  toy.outbox.clear();
  ask(toy, 2);
  ask(toy, 2, 1);
  toy.engine.on_dismissed(toy.now, node(3), toy.outbox);
  Verdict refused = down(4);
  refused.is_refused = true;
  toy.engine.on_verdict(toy.now, node(2), refused, toy.outbox);
  CHECK(toy.all<Knock>().empty());
  CHECK(toy.published<Verdict>().empty());
  toy.run_for(5'000);
  CHECK(toy.sent<Ping>().empty());
  CHECK(toy.sent<Opinion>().empty());
}

}  // namespace
}  // namespace gossamer::membership
