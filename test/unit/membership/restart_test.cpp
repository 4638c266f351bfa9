// Restarts on an address that another member held.

#include <catch2/catch.hpp>

#include "membership/successions.hpp"
#include "unit/membership/toy_engine.hpp"

namespace gossamer::membership {
namespace {

using toy::down;
using toy::endpoint;
using toy::Engine;
using toy::goodbye;
using toy::node;
using toy::statement;
using toy::suspect;

/// The pings sent to whoever is at node 2's address, asking for node 22.
std::vector<Ping> pings_for_heir(const Engine& toy) {
  std::vector<Ping> found;
  for (const Send& send : toy.sent<Ping>()) {
    const Ping& ping = std::get<Ping>(send.message);
    if (send.to == endpoint(2) && !send.by_stream && ping.target == node(22)) found.push_back(ping);
  }
  return found;
}

/// Node 22 said that it lives where node 2 does.
void hear_of_heir(Engine& toy) {
  MemberStatement successor = statement(22);
  successor.endpoint = endpoint(2);
  CHECK(toy.engine.on_member(toy.now, node(22), successor, toy.outbox));
}

/// The same, and a frame of it came from there.
void hear_heir(Engine& toy) {
  hear_of_heir(toy);
  toy.engine.on_heard(toy.now, node(22), endpoint(2), toy.outbox);
}

TEST_CASE("membership: a restart on the same address replaces the old member at once",
          "[membership][restart]") {
  Engine toy;
  toy.know_up_to(3);
  hear_heir(toy);
  CHECK(toy.state(2) == MemberState::alive);
  CHECK(toy.state(22) == MemberState::down);
  REQUIRE(pings_for_heir(toy).size() == 1);
  const Ack answer{pings_for_heir(toy)[0].sequence};
  toy.engine.on_message(toy.now, node(22), endpoint(2), false, answer, toy.outbox);
  CHECK(toy.state(2) == MemberState::down);
  CHECK(toy.state(22) == MemberState::alive);
  CHECK(toy.published<Verdict>() == std::vector{down(2)});

  // A stray packet of the old one does not oust its successor.
  toy.engine.on_heard(toy.now, node(2), endpoint(2), toy.outbox);
  toy.engine.on_message(toy.now, node(22), endpoint(2), false, answer, toy.outbox);
  CHECK(toy.state(22) == MemberState::alive);
  CHECK(toy.published<Verdict>().size() == 1);
}

TEST_CASE("membership: a recorded frame of one that is not held replaces nobody",
          "[membership][restart]") {
  MembershipOptions options;
  options.tombstone_time = toy::milliseconds{10'000};
  MemberStatement own = statement(1);
  own.store_id = "ours";
  Engine toy{options, own};
  toy.know_up_to(3);
  SECTION("never heard of") {}
  SECTION("refused, for its object store is not ours") {
    MemberStatement stranger = statement(22);
    stranger.endpoint = endpoint(2);
    stranger.store_id = "theirs";
    CHECK_FALSE(toy.engine.on_member(toy.now, node(22), stranger, toy.outbox));
  }
  SECTION("forgotten") {
    MemberStatement past = statement(22);
    past.endpoint = endpoint(2);
    toy.engine.on_member(toy.now, node(22), past, toy.outbox);
    toy.engine.on_verdict(toy.now, node(3), down(22), toy.outbox);
    for (int ms = 0; ms < 11'000; ms += 500) {
      toy.run_for(500);
      for (const Send& send : toy.sent<Ping>()) {
        const Ping& ping = std::get<Ping>(send.message);
        const Ack answer{ping.sequence};
        toy.engine.on_message(toy.now, ping.target, send.to, false, answer, toy.outbox);
      }
      toy.outbox.clear();
    }
    REQUIRE(toy.engine.members().find(node(22)) == nullptr);
  }
  toy.outbox.clear();
  toy.engine.on_heard(toy.now, node(22), endpoint(2), toy.outbox);
  CHECK(toy.state(2) == MemberState::alive);
  CHECK(toy.published<Verdict>().empty());
  CHECK(pings_for_heir(toy).empty());
}

TEST_CASE("membership: recorded frames of who once lived at an address replace nobody there",
          "[membership][restart]") {
  Engine toy;
  toy.know_up_to(9);
  // Its join was recorded and is sent again, with its statement and from its address.
  hear_heir(toy);
  REQUIRE(pings_for_heir(toy).size() == 1);
  const Ack answer{pings_for_heir(toy)[0].sequence};
  const auto ack = [&](std::uint8_t from, std::uint8_t at, bool by_stream, Ack said) {
    toy.engine.on_message(toy.now, node(from), endpoint(at), by_stream, said, toy.outbox);
  };
  SECTION("an old answer") {
    ack(22, 2, false, Ack{answer.sequence - 1});
  }
  SECTION("another's answer") {
    ack(3, 2, false, answer);
  }
  SECTION("an answer from elsewhere") {
    ack(22, 22, false, answer);
  }
  SECTION("an answer by stream, whose source is not shown") {
    ack(22, 2, true, answer);
  }
  SECTION("an answer that comes too late") {
    // Longer than between the first of the times that it is asked.
    toy.run_for(7'000);
    ack(22, 2, false, answer);
  }
  SECTION("no answer, however often it is sent") {
    for (int i = 0; i < 100; ++i) {
      toy.engine.on_heard(toy.now, node(22), endpoint(2), toy.outbox);
    }
    CHECK(pings_for_heir(toy).size() == 1);
  }
  const auto verdicts = toy.published<Verdict>();
  CHECK(std::count(verdicts.begin(), verdicts.end(), down(2)) == 0);
  CHECK(toy.state(2) != MemberState::down);
  CHECK(toy.state(22) == MemberState::down);
  CHECK(toy.events<MembersUp>().empty());
}

TEST_CASE("membership: one that others tell of is asked at the address of a live one, a few times",
          "[membership][restart]") {
  Engine toy;
  toy.know_up_to(9);
  hear_of_heir(toy);
  CHECK(toy.state(22) == MemberState::down);
  toy.run_for(60'000);
  CHECK(pings_for_heir(toy).size() == Successions::kTimesAsked);
  CHECK(toy.state(22) == MemberState::down);
  CHECK(toy.events<MembersUp>().empty());

  // It may have been out of reach: when it is heard, it is asked again.
  toy.outbox.clear();
  toy.engine.on_heard(toy.now, node(22), endpoint(2), toy.outbox);
  REQUIRE(pings_for_heir(toy).size() == 1);
  const Ack answer{pings_for_heir(toy)[0].sequence};
  toy.engine.on_message(toy.now, node(22), endpoint(2), false, answer, toy.outbox);
  toy.run_for(30);
  CHECK(toy.state(22) == MemberState::alive);
  CHECK(toy.events<MembersUp>().size() == 1);
}

TEST_CASE(
    "membership: who takes over the address of one that is down, or left, need not answer first",
    "[membership][restart]") {
  Engine toy;
  toy.know_up_to(4);
  SECTION("left") {
    toy.engine.on_member(toy.now, node(2), goodbye(2, 2), toy.outbox);
  }
  SECTION("down") {
    toy.hear_dead(3, {2});
  }
  hear_of_heir(toy);
  CHECK(toy.state(22) == MemberState::alive);
  CHECK(pings_for_heir(toy).empty());
}

TEST_CASE("membership: an heir that only others reach lives as soon as they have the old one down",
          "[membership][restart]") {
  Engine toy;
  toy.know_up_to(4);
  hear_of_heir(toy);
  toy.hear_dead(3, {2});
  CHECK(toy.state(2) == MemberState::down);
  CHECK(toy.state(22) == MemberState::alive);
}

TEST_CASE("membership: of several heirs of one address the one lives that answers",
          "[membership][restart]") {
  Engine toy;
  toy.know_up_to(4);
  hear_of_heir(toy);
  MemberStatement other = statement(23);
  other.endpoint = endpoint(2);
  toy.engine.on_member(toy.now, node(23), other, toy.outbox);
  REQUIRE_FALSE(pings_for_heir(toy).empty());
  const Ack first{pings_for_heir(toy).back().sequence};
  toy.hear_dead(3, {2});
  CHECK(toy.state(22) == MemberState::down);
  CHECK(toy.state(23) == MemberState::down);
  const auto later = pings_for_heir(toy);
  const Ack answer = later.empty() ? first : Ack{later.back().sequence};
  toy.engine.on_message(toy.now, node(22), endpoint(2), false, answer, toy.outbox);
  CHECK(toy.state(22) == MemberState::alive);
  CHECK(toy.state(23) == MemberState::down);
}

TEST_CASE("membership: what others say of an heir that waits is held, and what it says then counts",
          "[membership][restart]") {
  Engine toy;
  toy.know_up_to(9);
  hear_of_heir(toy);
  CHECK(toy.engine.on_verdict(toy.now, node(3), suspect(22), toy.outbox));
  CHECK_FALSE(toy.engine.on_verdict(toy.now, node(4), suspect(22), toy.outbox));
  CHECK(toy.engine.on_verdict(toy.now, node(3), down(22), toy.outbox));
  CHECK_FALSE(toy.engine.on_verdict(toy.now, node(4), down(22), toy.outbox));
  toy.outbox.clear();
  toy.run_for(10'000);
  CHECK(pings_for_heir(toy).empty());

  MemberStatement again = statement(22, 2);
  again.endpoint = endpoint(2);
  toy.engine.on_member(toy.now, node(22), again, toy.outbox);
  CHECK(toy.state(22) == MemberState::down);
  CHECK(pings_for_heir(toy).size() == 1);
  // The verdict before is forgotten, not one that came in the same packet.
  SECTION("and nothing is said of that") {
    toy.run_for(0);
    CHECK(toy.all<gossip::Forget>().size() == 1);
  }
  SECTION("and is suspected too") {
    CHECK(toy.engine.on_verdict(toy.now, node(3), suspect(22, 2), toy.outbox));
    toy.run_for(0);
    CHECK(toy.all<gossip::Forget>().empty());
  }
}

TEST_CASE("membership: what others say of an earlier life of an heir is not held",
          "[membership][restart]") {
  Engine toy;
  toy.know_up_to(9);
  MemberStatement heir = statement(22, 3);
  heir.endpoint = endpoint(2);
  toy.engine.on_member(toy.now, node(22), heir, toy.outbox);
  CHECK_FALSE(toy.engine.on_verdict(toy.now, node(3), suspect(22, 2), toy.outbox));
  CHECK(toy.engine.on_verdict(toy.now, node(3), suspect(22, 3), toy.outbox));
}

TEST_CASE("membership: an heir that others suspect lives as a suspect when its turn comes",
          "[membership][restart]") {
  Engine toy;
  toy.know_up_to(9);
  hear_of_heir(toy);
  CHECK(toy.engine.on_verdict(toy.now, node(3), suspect(22), toy.outbox));
  toy.engine.on_member(toy.now, node(2), goodbye(2, 2), toy.outbox);
  CHECK(toy.state(22) == MemberState::suspect);
}

TEST_CASE("membership: an heir that was asked in vain must answer, though the old one is gone",
          "[membership][restart]") {
  Engine toy;
  toy.know_up_to(9);
  hear_of_heir(toy);
  toy::live_for(toy, 10'000, 22);
  REQUIRE(pings_for_heir(toy).size() == Successions::kTimesAsked);
  toy.engine.on_member(toy.now, node(2), goodbye(2, 2), toy.outbox);
  CHECK(toy.state(22) == MemberState::down);
}

TEST_CASE("membership: one that was replaced and comes back late waits like any other",
          "[membership][restart]") {
  Engine toy;
  toy.know_up_to(3);
  hear_heir(toy);
  const Ack answer{pings_for_heir(toy)[0].sequence};
  toy.engine.on_message(toy.now, node(22), endpoint(2), false, answer, toy.outbox);
  REQUIRE(toy.state(22) == MemberState::alive);
  // It had raised its incarnation before it ended, and that comes last.
  CHECK(toy.engine.on_member(toy.now, node(2), statement(2, 9), toy.outbox));
  CHECK(toy.state(2) == MemberState::down);
  CHECK(toy.state(22) == MemberState::alive);
}

TEST_CASE(
    "membership: an heir that leaves while it waits is told to nobody, as it was never told to be "
    "here",
    "[membership][restart]") {
  Engine toy;
  toy.know_up_to(9);
  hear_of_heir(toy);
  MemberStatement leaving = goodbye(22, 2);
  leaving.endpoint = endpoint(2);
  toy.engine.on_member(toy.now, node(22), leaving, toy.outbox);
  toy.run_for(5'000);
  CHECK(toy.state(22) == MemberState::left);
  CHECK(toy.events<MembersUp>().empty());
  CHECK(toy.events<MemberLeft>().empty());
}

TEST_CASE("membership: at most so many heirs are asked at once", "[membership][restart][bounds]") {
  Successions successions{{}, 1};
  Outbox outbox;
  for (std::size_t i = 0; i <= Successions::kAskedMax; ++i) {
    successions.ask(toy::at(0), node(static_cast<std::uint8_t>(i)), endpoint(2), outbox);
  }
  CHECK(successions.size() == Successions::kAskedMax);
  CHECK(outbox.size() == Successions::kAskedMax + 1);
  CHECK(std::get<gossip::Trace>(outbox.back()).mark ==
        std::string{"membership: too many heirs at once"});
  successions.ask(toy::at(60'000), node(200), endpoint(2), outbox);
  CHECK(successions.size() == 1);
}

TEST_CASE("membership: an heir that is heard from elsewhere, or by one that leaves, is not asked",
          "[membership][restart]") {
  Engine toy;
  toy.know_up_to(9);
  hear_of_heir(toy);
  toy.run_for(60'000);
  toy.outbox.clear();
  SECTION("from elsewhere") {
    toy.engine.on_heard(toy.now, node(22), endpoint(50), toy.outbox);
  }
  SECTION("by one that leaves") {
    toy.engine.leave(toy.now, toy.outbox);
    toy.engine.on_heard(toy.now, node(22), endpoint(2), toy.outbox);
  }
  CHECK(toy.sent<Ping>().empty());
}

TEST_CASE("membership: hearing a member from elsewhere replaces nobody", "[membership][restart]") {
  Engine toy;
  toy.know_up_to(3);
  // Node 3 lives at its own address; this is a port that its connection happened to get.
  toy.engine.on_heard(toy.now, node(3), endpoint(2), toy.outbox);
  toy.engine.on_heard(toy.now, node(2), endpoint(2), toy.outbox);
  toy.engine.on_heard(toy.now, node(1), endpoint(2), toy.outbox);
  toy.engine.on_heard(toy.now, node(50), endpoint(51), toy.outbox);
  CHECK(toy.published<Verdict>().empty());
}

TEST_CASE("membership: who claims our own address is a ghost of before", "[membership][restart]") {
  Engine toy;
  toy.know_up_to(3);
  MemberStatement ghost = statement(9, 4);
  ghost.endpoint = endpoint(1);
  CHECK(toy.engine.on_member(toy.now, node(9), ghost, toy.outbox));
  CHECK(toy.state(9) == MemberState::down);
  CHECK(toy.published<Verdict>() == std::vector{down(9, 4)});

  // Should it live after all, the two do not oust each other for ever.
  for (Incarnation i = 5; i < 50; ++i) {
    ghost.incarnation = i;
    toy.engine.on_member(toy.now, node(9), ghost, toy.outbox);
  }
  CHECK(toy.published<Verdict>().size() == 1);
  toy.run_for(1'000);
  for (const Send& send : toy.sent<Ping>()) CHECK(send.to != endpoint(1));
}

TEST_CASE("membership: who leaves from our own address is no ghost, and keeps none from being one",
          "[membership][restart]") {
  Engine toy;
  toy.know_up_to(3);
  MemberStatement ghost = goodbye(9, 4);
  ghost.endpoint = endpoint(1);
  toy.engine.on_member(toy.now, node(9), ghost, toy.outbox);
  CHECK(toy.published<Verdict>().empty());
  ghost.is_leaving = false;
  ghost.incarnation = 5;
  toy.engine.on_member(toy.now, node(9), ghost, toy.outbox);
  CHECK(toy.published<Verdict>() == std::vector{down(9, 5)});
}

TEST_CASE("membership: who claims the address of one that leaves waits, for it is there still",
          "[membership][restart][leave]") {
  Engine toy;
  toy.know_up_to(3);
  toy.engine.leave(toy.now, toy.outbox);
  MemberStatement successor = statement(9);
  successor.endpoint = endpoint(1);
  toy.engine.on_member(toy.now, node(9), successor, toy.outbox);
  CHECK(toy.state(9) == MemberState::down);
}

TEST_CASE("membership: a restart with its data directory is the same member, not a death",
          "[membership][restart]") {
  Engine toy;
  toy.know_up_to(3);
  CHECK(toy.engine.on_member(toy.now, node(2), statement(2, 1'000), toy.outbox));
  toy.run_for(30);
  CHECK(toy.state(2) == MemberState::alive);
  CHECK(toy.events<MembersDown>().empty());
  CHECK(toy.published<Verdict>().empty());
}

}  // namespace
}  // namespace gossamer::membership
