// To whom a node keeps a link, and for how long it tries.

#include "membership/standing_links.hpp"

#include <catch2/catch.hpp>
#include <set>
#include <string>

#include "unit/membership/toy_engine.hpp"

namespace gossamer::membership {
namespace {

using toy::endpoint;
using toy::Engine;
using toy::live_for;
using toy::node;

// Every link to node 2 ends so, for this time.
void fail_for(Engine& toy, std::int64_t seconds, LinkEvent event) {
  for (std::int64_t i = 0; i < 10 * seconds; ++i) {
    const std::size_t seen = toy.outbox.size();
    live_for(toy, 100);
    const Outbox fresh{toy.outbox.begin() + static_cast<std::ptrdiff_t>(seen), toy.outbox.end()};
    for (const Effect& effect : fresh) {
      const auto* watch = std::get_if<Watch>(&effect);
      if (watch == nullptr || watch->endpoint != endpoint(2)) continue;
      if (event == LinkEvent::closed) {
        toy.engine.on_link(toy.now, endpoint(2), LinkEvent::opened, toy.outbox);
      }
      toy.engine.on_link(toy.now, endpoint(2), event, toy.outbox);
    }
  }
}

TEST_CASE("membership: a node keeps a link to the two after it in the ring",
          "[membership][links]") {
  Engine toy;
  toy.know_up_to(5);
  live_for(toy, 4'000);
  std::set<Endpoint> watched;
  for (const Watch& watch : toy.all<Watch>()) watched.insert(watch.endpoint);
  CHECK(watched == std::set<Endpoint>{endpoint(2), endpoint(3)});
  toy.outbox.clear();
  SECTION("and to others when these are others") {
    toy.engine.on_member(toy.now, node(2), toy::goodbye(2, 2), toy.outbox);
    toy.run_for(600);
    REQUIRE(toy.all<Unwatch>().size() == 1);
    CHECK(toy.all<Unwatch>()[0].endpoint == endpoint(2));
    REQUIRE(toy.all<Watch>().size() == 1);
    CHECK(toy.all<Watch>()[0].endpoint == endpoint(4));
  }
  SECTION("and to others, while others come all the time") {
    toy.engine.on_member(toy.now, node(2), toy::goodbye(2, 2), toy.outbox);
    for (std::uint8_t i = 100; i < 106; ++i) {
      toy.engine.on_member(toy.now, node(i), toy::statement(i), toy.outbox);
      toy.run_for(100);
    }
    CHECK(toy.all<Unwatch>().size() == 1);
  }
  SECTION("and to where one of them has moved, when it answers there or has kept to it") {
    MemberStatement moved = toy::statement(2, 2);
    moved.endpoint = endpoint(22);
    toy.engine.on_member(toy.now, node(2), moved, toy.outbox);
    toy.run_for(600);
    REQUIRE(toy.all<Unwatch>().size() == 1);
    CHECK(toy.all<Unwatch>()[0].endpoint == endpoint(2));
    CHECK(toy.all<Watch>().empty());
    live_for(toy, 3'000);
    REQUIRE(toy.all<Watch>().size() == 1);
    CHECK(toy.all<Watch>()[0].endpoint == endpoint(22));
  }
  SECTION("again after it was lost, ever later") {
    toy.engine.on_link(toy.now, endpoint(2), LinkEvent::unknown, toy.outbox);
    toy.run_for(999);
    CHECK(toy.all<Watch>().empty());
    toy.run_for(1);
    CHECK(toy.all<Watch>().size() == 1);
    toy.engine.on_link(toy.now, endpoint(2), LinkEvent::unknown, toy.outbox);
    toy.run_for(1'999);
    CHECK(toy.all<Watch>().size() == 1);
    toy.run_for(1);
    CHECK(toy.all<Watch>().size() == 2);
  }
  SECTION("soon again after it had stood, however long it had not") {
    for (int i = 0; i < 8; ++i) {
      toy.engine.on_link(toy.now, endpoint(2), LinkEvent::unknown, toy.outbox);
      live_for(toy, 61'000);
    }
    toy.engine.on_link(toy.now, endpoint(2), LinkEvent::opened, toy.outbox);
    live_for(toy, 10'000);
    toy.outbox.clear();
    toy.engine.on_link(toy.now, endpoint(2), LinkEvent::closed, toy.outbox);
    live_for(toy, 1'000);
    CHECK(toy.all<Watch>().size() == 1);
  }
  SECTION("and to nobody when it leaves") {
    toy.engine.leave(toy.now, toy.outbox);
    CHECK(toy.all<Unwatch>().size() == 2);
    toy.engine.on_member(toy.now, node(6), toy::statement(6), toy.outbox);
    toy.run_for(10'000);
    CHECK(toy.all<Watch>().empty());
  }
}

TEST_CASE("membership: of two nodes each keeps a link to the other, and to nobody else",
          "[membership][links]") {
  Engine toy;
  toy.know_up_to(2);
  live_for(toy, 4'000);
  REQUIRE(toy.all<Watch>().size() == 1);
  CHECK(toy.all<Watch>()[0].endpoint == endpoint(2));
}

TEST_CASE("membership: whose links stand is not woken for them", "[membership][links]") {
  const auto last = GENERATE(as<std::uint8_t>{}, 2, 3, 9);
  MemberTable table{9};
  ProbeRing ring{node(1)};
  for (std::uint8_t i = 1; i <= last; ++i) {
    table.insert(node(i), toy::statement(i), {MemberState::alive, 1}).has_answered = i != 1;
    ring.add(node(i));
  }
  StandingLinks links{true};
  Outbox outbox;
  links.on_ring_changed(toy::at(0));
  links.on_deadline(toy::at(500), node(1), ring, table, false, outbox);
  CHECK(links.size() == (last == 2 ? 1 : 2));
  CHECK_FALSE(links.next_deadline());
}

TEST_CASE("membership: who leaves just after others came makes no link to them",
          "[membership][links][leave]") {
  Engine toy;
  toy.know_up_to(5);
  live_for(toy, 4'000);
  toy.engine.on_member(toy.now, node(6), toy::statement(6), toy.outbox);
  toy.engine.leave(toy.now, toy.outbox);
  toy.outbox.clear();
  toy.run_for(10'000);
  CHECK(toy.all<Watch>().empty());
}

TEST_CASE(
    "membership: that no stream gets through to a live member is told once, after half a minute",
    "[membership][links]") {
  const auto event = GENERATE(LinkEvent::unknown, LinkEvent::refused);
  Engine toy;
  toy.know_up_to(5);
  live_for(toy, 4'000);
  toy.engine.on_link(toy.now, endpoint(2), event, toy.outbox);
  fail_for(toy, 29, event);
  CHECK(toy.events<Alarm>().empty());
  fail_for(toy, 31, event);
  REQUIRE(toy.events<Alarm>().size() == 1);
  CHECK(toy.events<Alarm>()[0].subject == "streams");
  CHECK_THAT(toy.events<Alarm>()[0].detail, Catch::Contains(to_string(endpoint(2))));
  fail_for(toy, 300, event);
  CHECK(toy.events<Alarm>().size() == 1);
  SECTION("and again if one stood in between") {
    toy.engine.on_link(toy.now, endpoint(2), LinkEvent::opened, toy.outbox);
    live_for(toy, 10'000);
    toy.engine.on_link(toy.now, endpoint(2), LinkEvent::closed, toy.outbox);
    fail_for(toy, 29, event);
    CHECK(toy.events<Alarm>().size() == 1);
    fail_for(toy, 31, event);
    CHECK(toy.events<Alarm>().size() == 2);
  }
  SECTION("but not if one only seemed to") {
    toy.engine.on_link(toy.now, endpoint(2), LinkEvent::opened, toy.outbox);
    fail_for(toy, 120, event);
    CHECK(toy.events<Alarm>().size() == 1);
  }
}

TEST_CASE(
    "membership: a link that is let in and shown the door is made each four seconds, and told of",
    "[membership][links]") {
  Engine toy;
  toy.know_up_to(5);
  live_for(toy, 4'000);
  toy.outbox.clear();
  toy.engine.on_link(toy.now, endpoint(2), LinkEvent::closed, toy.outbox);
  fail_for(toy, 120, LinkEvent::closed);
  const std::size_t count = toy.all<Watch>().size();
  CHECK(count >= 28);  // Whoever can reset links cannot keep a member unwatched for long.
  CHECK(count <= 34);
  REQUIRE(toy.events<Alarm>().size() == 1);
  CHECK(toy.events<Alarm>()[0].subject == "streams");
}

TEST_CASE(
    "membership: a link that is lost and stands again within half a minute is nothing to tell",
    "[membership][links]") {
  Engine toy;
  toy.know_up_to(5);
  live_for(toy, 4'000);
  for (int i = 0; i < 10; ++i) {
    toy.engine.on_link(toy.now, endpoint(2), LinkEvent::closed, toy.outbox);
    fail_for(toy, 20, LinkEvent::refused);
    toy.engine.on_link(toy.now, endpoint(2), LinkEvent::opened, toy.outbox);
    live_for(toy, 10'000);
  }
  CHECK(toy.events<Alarm>().empty());
}

TEST_CASE("membership: a node that nobody answers says nothing of others' ports",
          "[membership][links][isolation]") {
  Engine toy;
  toy.know_up_to(40);
  live_for(toy, 4'000);
  // Else it would say so.
  const bool is_answered = GENERATE(false, true);
  CAPTURE(is_answered);
  toy.engine.on_link(toy.now, endpoint(2), LinkEvent::closed, toy.outbox);
  for (int i = 0; i < 700; ++i) {
    const std::size_t watches = toy.all<Watch>().size();
    is_answered ? live_for(toy, 100) : (void)toy.run_for(100);
    if (toy.all<Watch>().size() == watches) continue;
    toy.engine.on_link(toy.now, endpoint(2), LinkEvent::unknown, toy.outbox);
  }
  CHECK(toy.events<Alarm>().empty() != is_answered);
}

}  // namespace
}  // namespace gossamer::membership
