#include "membership/contacting.hpp"

#include <catch2/catch.hpp>
#include <set>

#include "unit/membership/toy_engine.hpp"

namespace gossamer::membership {
namespace {

using toy::at;
using toy::down;
using toy::endpoint;
using toy::Engine;
using toy::milliseconds;
using toy::node;
using toy::statement;

TEST_CASE("membership: seeds that are neither members nor ourselves are contacted at once",
          "[membership][seeds]") {
  Engine toy;
  toy.know_up_to(3);
  toy.engine.on_seeds(toy.now,
                      {endpoint(1), endpoint(2), endpoint(8), endpoint(9), endpoint(8),
                       Endpoint{"", 1}, Endpoint{"10.0.0.7", 0}},
                      toy.outbox);
  const auto contacts = toy.all<Contact>();
  REQUIRE(contacts.size() == 2);
  CHECK(contacts[0].to == endpoint(8));
  CHECK(contacts[1].to == endpoint(9));
}

TEST_CASE("membership: seeds are asked for ever", "[membership][seeds]") {
  Engine toy;
  toy.know_up_to(2);
  toy.engine.on_seeds(toy.now, {endpoint(8)}, toy.outbox);
  toy.run_for(10'000);
  for (int round = 0; round < 100; ++round) {
    toy.outbox.clear();
    toy.engine.on_message(toy.now, node(2), endpoint(2), false, Ack{}, toy.outbox);
    toy.run_for(6'500);
    REQUIRE(toy.has_contacted(8));
    CHECK(toy.all<Contact>().size() <= 12);
  }
}

TEST_CASE("membership: a seed that is a live member is left alone, until it is down",
          "[membership][seeds]") {
  Engine toy;
  toy.know_up_to(3);
  toy.engine.on_seeds(toy.now, {endpoint(2)}, toy.outbox);
  CHECK(toy.all<Contact>().empty());
  toy.engine.on_verdict(toy.now, node(3), down(2), toy.outbox);
  toy.run_for(6'500);
  CHECK(toy.has_contacted(2));
}

TEST_CASE("membership: one alone asks its seeds quickly, then less and less",
          "[membership][seeds]") {
  Engine toy;
  toy.engine.on_seeds(toy.now, {endpoint(8)}, toy.outbox);
  toy.run_for(1'000);
  const std::size_t first = toy.all<Contact>().size();
  CHECK(first >= 3);
  toy.run_for(99'000);
  const std::size_t later = toy.all<Contact>().size() - first;
  CHECK(later >= 15);
  CHECK(later <= 35);
}

TEST_CASE("membership: a seed just learnt is asked again soon, in company as well",
          "[membership][seeds]") {
  Engine toy;
  toy.know_up_to(3);
  toy.run_for(60'000);
  toy.outbox.clear();
  toy.engine.on_seeds(toy.now, {endpoint(8)}, toy.outbox);
  toy.run_for(1'000);
  CHECK(toy.all<Contact>().size() >= 3);
  // The same list again is no news.
  toy.run_for(60'000);
  toy.outbox.clear();
  toy.engine.on_seeds(toy.now, {endpoint(8)}, toy.outbox);
  toy.run_for(1'000);
  CHECK(toy.all<Contact>().size() <= 2);
}

TEST_CASE("membership: who is left alone asks its seeds quickly, whatever else wakes it or not",
          "[membership][seeds]") {
  const auto seed = GENERATE(range<std::uint64_t>(1, 21));
  Engine toy{{}, statement(1), seed};
  toy.engine.on_seeds(toy.now, {endpoint(2)}, toy.outbox);
  toy.know_up_to(2);
  toy::live_for(toy, 10'000);
  toy.run_for(20'000);
  REQUIRE(toy.state(2) == MemberState::down);
  toy.outbox.clear();
  toy.run_for(60'000);
  CHECK(toy.all<Contact>().size() >= 8);
}

TEST_CASE("membership: a down member is asked now and then", "[membership][seeds]") {
  Engine toy;
  toy.know_up_to(3);
  toy.engine.on_verdict(toy.now, node(3), down(2), toy.outbox);
  toy.run_for(6'500);
  CHECK(toy.has_contacted(2));
}

TEST_CASE(
    "membership: in company that has no one to contact nothing wakes for it, until there is one",
    "[membership][seeds]") {
  MemberTable table{10};
  table.insert(node(1), statement(1), {MemberState::alive, 1});
  table.insert(node(2), statement(2), {MemberState::alive, 1});
  Outbox outbox;
  Contacting contacting{{}, endpoint(1), 7};
  contacting.start(at(0), table, outbox);
  CHECK_FALSE(contacting.next_deadline());

  // Whatever else wakes the node finds who is down by now.
  table.believe(node(2), {MemberState::down, 1});
  contacting.on_deadline(at(60'000), table, outbox);
  REQUIRE(outbox.size() == 1);
  CHECK(std::get<Contact>(outbox[0]).to == endpoint(2));
  CHECK(contacting.next_deadline());

  table.believe(node(2), {MemberState::alive, 2});
  contacting.on_deadline(at(120'000), table, outbox);
  CHECK_FALSE(contacting.next_deadline());
  contacting.on_seeds(at(121'000), {endpoint(8)}, table, outbox);
  CHECK(contacting.next_deadline());
}

TEST_CASE("membership: contacts leave in small groups, and their queue is bounded",
          "[membership][seeds][bounds]") {
  Engine toy;
  std::vector<Endpoint> seeds;
  for (std::uint16_t port = 1; port <= 5'000; ++port) seeds.push_back({"10.1.1.1", port});
  toy.engine.on_seeds(toy.now, seeds, toy.outbox);
  CHECK(toy.all<Contact>().size() == 16);
  toy.outbox.clear();
  toy.run_for(9);
  CHECK(toy.all<Contact>().empty());
  toy.run_for(1);
  CHECK(toy.all<Contact>().size() == 16);
  toy.run_for(60'000);
  CHECK(toy.all<Contact>().size() < 2'000);
}

/// Runs every deadline up to there; tells how many were contacted, and whom.
std::pair<std::size_t, std::set<Endpoint>> run(Contacting& contacting, std::int64_t until_ms,
                                               const MemberTable& table) {
  std::size_t count = 0;
  std::set<Endpoint> contacted;
  while (contacting.next_deadline() && *contacting.next_deadline() <= at(until_ms)) {
    Outbox outbox;
    contacting.on_deadline(*contacting.next_deadline(), table, outbox);
    for (const Effect& effect : outbox) {
      ++count;
      contacted.insert(std::get<Contact>(effect).to);
    }
  }
  return {count, contacted};
}

MemberTable alone() {
  MemberTable table{10};
  table.insert(node(1), statement(1), {MemberState::alive, 1});
  return table;
}

TEST_CASE("membership: of more seeds than it remembers it asks the newest, each round a few",
          "[membership][seeds][bounds]") {
  const MemberTable table = alone();
  Contacting contacting{{}, endpoint(1), 7};
  Outbox outbox;
  contacting.start(at(0), table, outbox);
  std::vector<Endpoint> seeds;
  for (std::uint16_t i = 1; i <= Contacting::kSeedsMax + 10; ++i) seeds.push_back({"10.1.1.1", i});
  contacting.on_seeds(at(0), seeds, table, outbox);
  // What is told again is no more for that, and the oldest are forgotten.
  const std::vector<Endpoint> newest{seeds.begin() + 10, seeds.end()};
  contacting.on_seeds(at(1'000), newest, table, outbox);
  contacting.on_seeds(at(2'000), newest, table, outbox);
  run(contacting, 10'000, table);
  std::set<Endpoint> contacted;
  for (std::int64_t ms = 13'000; ms <= 203'000; ms += 3'000) {  // Not two rounds in one of these.
    const auto [count, others] = run(contacting, ms, table);
    CHECK(count <= 16);
    contacted.insert(others.begin(), others.end());
  }
  CHECK(contacted == std::set<Endpoint>(newest.begin(), newest.end()));
}

TEST_CASE("membership: a seed that is told again and again takes no other's place",
          "[membership][seeds][bounds]") {
  const MemberTable table = alone();
  Contacting contacting{{}, endpoint(1), 7};
  Outbox outbox;
  contacting.start(at(0), table, outbox);
  std::vector<Endpoint> seeds;
  for (std::uint16_t i = 1; i <= 200; ++i) seeds.push_back({"10.1.1.1", i});
  contacting.on_seeds(at(0), seeds, table, outbox);
  for (int i = 0; i < 100; ++i) contacting.on_seeds(at(0), {seeds.back()}, table, outbox);
  run(contacting, 10'000, table);
  CHECK(run(contacting, 200'000, table).second == std::set<Endpoint>(seeds.begin(), seeds.end()));
}

TEST_CASE("membership: what is due while a group has left waits for the next one's time",
          "[membership][seeds]") {
  const MemberTable table = alone();
  Contacting contacting{{}, endpoint(1), 7};
  Outbox outbox;
  contacting.start(at(0), table, outbox);
  std::vector<Endpoint> seeds;
  for (std::uint16_t i = 1; i <= 40; ++i) seeds.push_back({"10.1.1.1", i});
  contacting.on_seeds(at(0), seeds, table, outbox);
  CHECK(outbox.size() == 16);
  contacting.ask(at(1), endpoint(8));
  contacting.ask(at(1), endpoint(8));
  contacting.ask(at(1), endpoint(1));  // This node itself.
  CHECK(run(contacting, 9, table).first == 0);
  CHECK(run(contacting, 10, table).first == 16);
  CHECK(run(contacting, 20, table).first == 9);
}

TEST_CASE("membership: seeds that are live members are no reason to wake", "[membership][seeds]") {
  MemberTable table = alone();
  table.insert(node(2), statement(2), {MemberState::alive, 1});
  Contacting contacting{{}, endpoint(1), 7};
  Outbox outbox;
  contacting.start(at(0), table, outbox);
  contacting.on_seeds(at(0), {endpoint(2)}, table, outbox);
  CHECK(run(contacting, 60'000, table).first == 0);
  CHECK_FALSE(contacting.next_deadline());
}

TEST_CASE(
    "membership: in company too a seed just learnt is asked soon, then for ever, as the down are",
    "[membership][seeds]") {
  MemberTable table = alone();
  table.insert(node(2), statement(2), {MemberState::alive, 1});
  table.insert(node(3), statement(3), {MemberState::alive, 1});
  Contacting contacting{{}, endpoint(1), 7};
  Outbox outbox;
  contacting.on_seeds(at(0), {endpoint(8)}, table, outbox);
  CHECK(outbox.empty());  // It has not started.
  contacting.start(at(0), table, outbox);
  run(contacting, 60'000, table);
  SECTION("a seed") {
    contacting.on_seeds(at(60'000), {endpoint(9)}, table, outbox);
    CHECK(run(contacting, 61'000, table).first >= 3);
    for (std::int64_t ms = 70'000; ms < 200'000; ms += 10'000) {
      CHECK(run(contacting, ms, table).second == std::set{endpoint(8), endpoint(9)});
    }
  }
  SECTION("the down") {
    MemberTable none = alone();
    none.insert(node(2), statement(2), {MemberState::alive, 1});
    none.insert(node(3), statement(3), {MemberState::down, 1});
    Contacting other{{}, endpoint(1), 7};
    other.start(at(0), none, outbox);
    run(other, 60'000, none);
    for (std::int64_t ms = 70'000; ms < 200'000; ms += 10'000) {
      CHECK(run(other, ms, none).second == std::set{endpoint(3)});
    }
  }
}

TEST_CASE("membership: who was warned in vain is not warned again at once", "[membership][seeds]") {
  Engine toy;
  toy.know_up_to(3);
  toy.engine.on_verdict(toy.now, node(3), toy::suspect(2), toy.outbox);
  for (int i = 0; i < 50; ++i) {
    toy.engine.on_heard(toy.now, node(2), endpoint(2), toy.outbox);
    toy.run_for(10);
  }
  CHECK(toy.all<Contact>().size() == 1);
}

}  // namespace
}  // namespace gossamer::membership
