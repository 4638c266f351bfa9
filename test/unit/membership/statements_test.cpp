// What statements and verdicts do: table of beliefs, refutation, goodbyes, refusals, bounds.

#include <catch2/catch.hpp>

#include "unit/membership/toy_engine.hpp"

namespace gossamer::membership {
namespace {

using toy::at;
using toy::down;
using toy::endpoint;
using toy::Engine;
using toy::goodbye;
using toy::node;
using toy::statement;
using toy::suspect;

gossip::EntryKey verdict_key(std::uint8_t number) {
  return {gossip::EntryKind::verdict, node(number), {}};
}

TEST_CASE("membership: it begins by saying who it is", "[membership]") {
  Membership engine{{}, {node(1), statement(1, 7)}, 1};
  CHECK_FALSE(engine.next_deadline());
  Outbox outbox;
  engine.on_verdict(at(0), node(2), suspect(1, 7), outbox);  // Nobody has heard it yet.
  CHECK(outbox.empty());
  engine.start(at(0), outbox);
  REQUIRE(outbox.size() == 1);
  CHECK(std::get<MemberStatement>(std::get<Publish>(outbox[0]).statement) == statement(1, 7));
  CHECK(engine.incarnation() == 7);
  CHECK(engine.members().size() == 1);
  CHECK(engine.members().is_live(node(1)));
}

TEST_CASE("membership: a statement counts only if it is newer", "[membership]") {
  Engine toy;
  CHECK(toy.engine.on_member(at(0), node(2), statement(2, 3), toy.outbox));
  CHECK_FALSE(toy.engine.on_member(at(0), node(2), statement(2, 3), toy.outbox));
  CHECK_FALSE(toy.engine.on_member(at(0), node(2), statement(2, 2), toy.outbox));
  MemberStatement moved = statement(2, 4);
  moved.endpoint = endpoint(22);
  CHECK(toy.engine.on_member(at(0), node(2), moved, toy.outbox));
  CHECK(toy.engine.members().find(node(2))->endpoint == endpoint(22));
  CHECK(toy.engine.members().find(node(2))->incarnation == 4);
}

TEST_CASE("membership: a zone is said under a new incarnation, once, and the view has it",
          "[membership][zone]") {
  Engine toy;
  MemberStatement there = statement(2);
  there.zone = "b";
  CHECK(toy.engine.on_member(at(0), node(2), there, toy.outbox));
  CHECK(toy.engine.members().find(node(2))->zone == "b");
  CHECK(toy.engine.members().find(node(1))->zone.empty());
  toy.outbox.clear();
  toy.engine.restate_zone("a", toy.outbox);
  toy.engine.restate_zone("a", toy.outbox);
  const auto said = toy.published<MemberStatement>();
  REQUIRE(said.size() == 1);
  CHECK(said[0].zone == "a");
  CHECK(said[0].incarnation == 2);
  CHECK(toy.engine.members().find(node(1))->zone == "a");
  there.zone.clear();
  there.incarnation = 2;
  CHECK(toy.engine.on_member(at(0), node(2), there, toy.outbox));
  CHECK(toy.engine.members().find(node(2))->zone.empty());
}

TEST_CASE("membership: the keys that a node holds are said under a new incarnation, once",
          "[membership]") {
  Engine toy;
  toy.engine.restate_keys({3, 4}, toy.outbox);
  toy.engine.restate_keys({3, 4}, toy.outbox);
  const auto said = toy.published<MemberStatement>();
  REQUIRE(said.size() == 1);
  CHECK(said[0].key_ids == std::vector<std::uint32_t>{3, 4});
  CHECK(said[0].incarnation == 2);
}

TEST_CASE("membership: a suspect is cleared only by a higher incarnation", "[membership]") {
  struct Row {
    Incarnation accused_under;
    Incarnation says;
    MemberState state;
  };
  const auto row = GENERATE(values<Row>({
      {3, 4, MemberState::alive},
      {3, 9, MemberState::alive},
  }));
  Engine toy;
  toy.engine.on_member(at(0), node(2), statement(2, 3), toy.outbox);
  toy.engine.on_member(at(0), node(3), statement(3), toy.outbox);
  CHECK(toy.engine.on_verdict(at(0), node(3), suspect(2, row.accused_under), toy.outbox));
  CHECK(toy.state(2) == MemberState::suspect);
  CHECK(toy.engine.on_member(at(0), node(2), statement(2, row.says), toy.outbox));
  CHECK(toy.state(2) == row.state);
  // The verdict's entry goes with the suspicion, and stays with it.
  toy.run_for(0);
  CHECK(toy.all<gossip::Forget>().empty() == (row.state == MemberState::suspect));
}

TEST_CASE("membership: a verdict raises nobody's incarnation: what was not said is not judged",
          "[membership]") {
  Engine toy;
  toy.engine.on_member(at(0), node(2), statement(2, 3), toy.outbox);
  toy.engine.on_member(at(0), node(3), statement(3), toy.outbox);
  for (const Incarnation beyond : {Incarnation{4}, kIncarnationMax}) {
    CHECK_FALSE(toy.engine.on_verdict(at(0), node(3), suspect(2, beyond), toy.outbox));
    CHECK_FALSE(toy.engine.on_verdict(at(0), node(3), down(2, beyond), toy.outbox));
  }
  CHECK(toy.state(2) == MemberState::alive);
  CHECK(toy.engine.members().find(node(2))->incarnation == 3);
  // The accuser had heard more than we: the same counts once we have heard it too.
  CHECK(toy.engine.on_member(at(0), node(2), statement(2, 4), toy.outbox));
  CHECK(toy.engine.on_verdict(at(0), node(3), suspect(2, 4), toy.outbox));
  CHECK(toy.state(2) == MemberState::suspect);
}

TEST_CASE("membership: a stale or repeated verdict changes nothing", "[membership]") {
  Engine toy;
  toy.engine.on_member(at(0), node(2), statement(2, 3), toy.outbox);
  toy.engine.on_member(at(0), node(3), statement(3), toy.outbox);
  CHECK_FALSE(toy.engine.on_verdict(at(0), node(3), suspect(2, 2), toy.outbox));
  CHECK_FALSE(toy.engine.on_verdict(at(0), node(3), down(2, 2), toy.outbox));
  CHECK(toy.state(2) == MemberState::alive);
  CHECK(toy.engine.on_verdict(at(0), node(3), down(2, 3), toy.outbox));
  CHECK_FALSE(toy.engine.on_verdict(at(0), node(3), down(2, 3), toy.outbox));
  CHECK_FALSE(toy.engine.on_verdict(at(0), node(3), suspect(2, 3), toy.outbox));
  CHECK_FALSE(toy.engine.on_verdict(at(0), node(3), suspect(9), toy.outbox));
  CHECK(toy.state(2) == MemberState::down);
}

TEST_CASE("membership: a statement that overtakes a verdict has its entry forgotten",
          "[membership]") {
  Engine toy;
  toy.know_up_to(3);
  toy.engine.on_verdict(toy.now, node(3), suspect(2), toy.outbox);
  toy.engine.on_member(toy.now, node(2), statement(2, 2), toy.outbox);
  CHECK(toy.engine.next_deadline() == toy.now);
  toy.run_for(0);
  const auto forgotten = toy.all<gossip::Forget>();
  REQUIRE(forgotten.size() == 1);
  CHECK(forgotten[0].key == verdict_key(2));
}

TEST_CASE("membership: an order to forget never hits a newer verdict of the same packet",
          "[membership]") {
  Engine toy;
  toy.know_up_to(3);
  toy.engine.on_verdict(toy.now, node(3), suspect(2, 1), toy.outbox);
  toy.engine.on_member(toy.now, node(2), statement(2, 2), toy.outbox);
  SECTION("another's") {
    CHECK(toy.engine.on_verdict(toy.now, node(3), suspect(2, 2), toy.outbox));
  }
  SECTION("our own") {
    toy.engine.on_dismissed(toy.now, node(2), toy.outbox);
    CHECK(toy.published<Verdict>() == std::vector{down(2, 2)});
  }
  toy.run_for(10);
  CHECK(toy.all<gossip::Forget>().empty());
}

TEST_CASE("membership: a node that is accused under what it has said raises its incarnation by one",
          "[membership][refute]") {
  struct Row {
    Incarnation accused_under;
    Incarnation after;
  };
  const auto row = GENERATE(values<Row>({{4, 5}, {5, 6}, {9, 5}, {kIncarnationMax - 1, 5}}));
  Engine toy{{}, statement(1, 5)};
  toy.know_up_to(3);
  CHECK_FALSE(toy.engine.on_verdict(toy.now, node(2), suspect(1, row.accused_under), toy.outbox));
  CHECK(toy.engine.incarnation() == row.after);
  if (row.accused_under != 5) {
    CHECK(toy.published<MemberStatement>().empty());
    return;
  }
  REQUIRE(toy.published<MemberStatement>().size() == 1);
  CHECK(toy.published<MemberStatement>()[0].incarnation == row.after);
  REQUIRE(toy.events<SelfRefuted>().size() == 1);
  CHECK(toy.events<SelfRefuted>()[0].incarnation == row.after);
  CHECK(toy.has_contacted(2));  // The accuser hears it first.
  CHECK(toy.state(1) == MemberState::alive);
}

TEST_CASE("membership: whoever brings word of an accusation hears the answer",
          "[membership][refute]") {
  Engine toy;
  toy.know_up_to(3);
  toy.engine.on_verdict(toy.now, node(9), down(1), toy.outbox);
  toy.engine.on_heard(toy.now, node(3), endpoint(3), toy.outbox);
  CHECK(toy.has_contacted(3));
  toy.engine.on_heard(toy.now, node(2), endpoint(2), toy.outbox);
  CHECK_FALSE(toy.has_contacted(2));  // It brought none.
}

TEST_CASE("membership: leaving is said under a new incarnation, and ends probing",
          "[membership][leave]") {
  Engine toy;
  toy.know_up_to(5);
  toy.engine.leave(toy.now, toy.outbox);
  toy.engine.leave(toy.now, toy.outbox);
  REQUIRE(toy.published<MemberStatement>().size() == 1);
  CHECK(toy.published<MemberStatement>()[0].is_leaving);
  CHECK(toy.published<MemberStatement>()[0].incarnation == 2);
  toy.run_for(10'000);
  CHECK(toy.sent<Ping>().empty());
  CHECK(toy.state(1) == MemberState::left);
  toy.engine.on_message(toy.now, node(2), endpoint(2), false, Ping{5, node(1)}, toy.outbox);
  CHECK(toy.sent<Ack>().size() == 1);
}

TEST_CASE("membership: a probe that is on its way when it leaves goes no further",
          "[membership][leave]") {
  Engine toy;
  toy.know_up_to(5);
  while (toy.sent<Ping>().empty()) toy.run_for(1);
  toy.engine.leave(toy.now, toy.outbox);
  toy.outbox.clear();
  toy.run_for(10'000);
  CHECK(toy.sent<Ping>().empty());
  CHECK(toy.sent<PingRequest>().empty());
}

TEST_CASE("membership: who has said goodbye has left, and is not accused", "[membership][leave]") {
  Engine toy;
  toy.know_up_to(3);
  CHECK(toy.engine.on_member(toy.now, node(2), goodbye(2, 2), toy.outbox));
  CHECK(toy.state(2) == MemberState::left);
  REQUIRE(toy.events<MemberLeft>().size() == 1);
  CHECK(toy.events<MemberLeft>()[0].member.id == node(2));
  CHECK_FALSE(toy.engine.on_verdict(toy.now, node(3), down(2, 2), toy.outbox));
  toy.run_for(5'000);
  for (const Send& ping : toy.sent<Ping>()) CHECK(ping.to == endpoint(3));
  for (const Verdict& verdict : toy.published<Verdict>()) CHECK(verdict.accused != node(2));
  CHECK(toy.events<MembersDown>().size() <= 1);

  toy.outbox.clear();
  CHECK(toy.engine.on_member(toy.now, node(2), statement(2, 3), toy.outbox));
  toy.run_for(20);
  CHECK(toy.events<MembersUp>().size() == 1);
}

TEST_CASE("membership: a node of another object store is refused, and told so", "[membership]") {
  MemberStatement own = statement(1);
  own.store_id = "ours";
  own.store_place = "dir:/ours";
  Engine toy{{}, own};
  MemberStatement other = statement(2);
  other.store_id = "theirs";
  other.store_place = "dir:/theirs";
  for (int i = 0; i < 10; ++i) {
    CHECK_FALSE(toy.engine.on_member(toy.now, node(2), other, toy.outbox));
  }
  REQUIRE(toy.events<ForeignObjectStore>().size() == 1);
  CHECK(toy.events<ForeignObjectStore>()[0].here == "dir:/ours");
  CHECK(toy.events<ForeignObjectStore>()[0].there == "dir:/theirs");
  REQUIRE(toy.sent<Refused>().size() == 1);
  CHECK(toy.sent<Refused>()[0].to == endpoint(2));
  CHECK(std::get<Refused>(toy.sent<Refused>()[0].message).store_id == "ours");
  CHECK(toy.engine.members().size() == 1);

  other.store_id.clear();  // A node without a store is welcome.
  CHECK(toy.engine.on_member(toy.now, node(2), other, toy.outbox));
}

TEST_CASE("membership: who is refused tells its user, not too often", "[membership]") {
  Engine toy;
  for (int i = 0; i < 10; ++i) {
    toy.engine.on_message(toy.now, node(2), endpoint(2), false, Refused{"theirs", "dir:/theirs"},
                          toy.outbox);
  }
  REQUIRE(toy.events<ForeignObjectStore>().size() == 1);
  CHECK(toy.events<ForeignObjectStore>()[0].there == "dir:/theirs");
}

TEST_CASE("membership: members_max is the most that it holds", "[membership][bounds]") {
  MembershipOptions options;
  options.members_max = 4;
  Engine toy{options};
  for (std::uint8_t i = 2; i <= 4; ++i) {
    CHECK(toy.engine.on_member(at(0), node(i), statement(i), toy.outbox));
  }
  CHECK_FALSE(toy.engine.on_member(at(0), node(5), statement(5), toy.outbox));
  CHECK(toy.has_traced("membership: members_max reached"));
  CHECK(toy.engine.on_member(at(0), node(4), statement(4, 2), toy.outbox));
  CHECK(toy.engine.members().size() == 4);
}

TEST_CASE("membership: a statement beyond its bounds is dropped", "[membership][bounds]") {
  Engine toy;
  MemberStatement said = statement(2);
  NodeId author = node(2);
  switch (GENERATE(range(0, 9))) {
    case 0: said.name = std::string(65, 'x'); break;
    case 1: said.metadata = std::string(257, 'x'); break;
    case 2: said.endpoint.address.clear(); break;
    case 3: said.endpoint.address = std::string(65, '1'); break;
    case 4: said.endpoint.port = 0; break;
    case 5: said.incarnation = kIncarnationMax + 1; break;
    case 6: said.store_place = std::string(1025, 'x'); break;
    case 7: said.zone = std::string(65, 'z'); break;
    default: author = NodeId{};
  }
  CHECK_FALSE(toy.engine.on_member(at(0), author, said, toy.outbox));
  CHECK(toy.engine.members().size() == 1);
}

TEST_CASE("membership: a verdict beyond its bounds is dropped", "[membership][bounds]") {
  Engine toy;
  toy.know_up_to(3);
  CHECK_FALSE(
      toy.engine.on_verdict(toy.now, node(3), {node(2), 1, MemberState::alive}, toy.outbox));
  CHECK_FALSE(toy.engine.on_verdict(toy.now, node(3), {node(2), 1, MemberState::left}, toy.outbox));
  CHECK_FALSE(toy.engine.on_verdict(toy.now, node(3), down(2, kIncarnationMax + 1), toy.outbox));
  CHECK_FALSE(toy.engine.on_verdict(toy.now, node(3), down(1, kIncarnationMax), toy.outbox));
  CHECK(toy.engine.incarnation() == 1);
  CHECK(toy.state(2) == MemberState::alive);
}

}  // namespace
}  // namespace gossamer::membership
