// The probe cycle, and stalls.

#include <catch2/catch.hpp>
#include <set>

#include "unit/membership/toy_engine.hpp"

namespace gossamer::membership {
namespace {

using toy::at;
using toy::endpoint;
using toy::Engine;
using toy::milliseconds;
using toy::node;
using toy::statement;

// Runs to the next ping and returns it.
Send next_ping(Engine& toy) {
  toy.outbox.clear();
  while (toy.sent<Ping>().empty()) {
    REQUIRE(toy.engine.next_deadline());
    REQUIRE(toy.run(*toy.engine.next_deadline()));
  }
  return toy.sent<Ping>()[0];
}

std::uint8_t number_of(const Send& ping) {
  return std::get<Ping>(ping.message).target.bytes[0];
}
std::uint64_t sequence_of(const Send& ping) {
  return std::get<Ping>(ping.message).sequence;
}

void answer(Engine& toy, const Send& ping) {
  toy.engine.on_message(toy.now, node(number_of(ping)), ping.to, false, Ack{sequence_of(ping)},
                        toy.outbox);
}

// Knows nodes 2 to `last` and how soon they answer, so that probe_timeout is the time it gives
// them.
Engine measured(std::uint8_t last) {
  Engine toy;
  toy.know_up_to(last);
  answer(toy, next_ping(toy));
  toy.outbox.clear();
  return toy;
}

template <class T>
std::vector<Send> about(const Engine& toy, std::uint8_t target) {
  std::vector<Send> found;
  for (const Send& send : toy.sent<T>()) {
    if (std::get<T>(send.message).target == node(target)) found.push_back(send);
  }
  return found;
}

TEST_CASE("membership: an answered probe has no consequences", "[membership][probe]") {
  Engine toy;
  toy.know_up_to(4);
  for (int period = 0; period < 20; ++period) {
    const Send ping = next_ping(toy);
    CHECK(toy.sent<PingRequest>().empty());
    CHECK(toy.published<Verdict>().empty());
    CHECK_FALSE(ping.by_stream);
    answer(toy, ping);
  }
}

TEST_CASE(
    "membership: an unanswered ping is repeated, through others, through yet others and by stream",
    "[membership][probe]") {
  const auto last = GENERATE(as<std::uint8_t>{}, 2, 3, 4, 5, 30);
  Engine toy = measured(last);
  const std::uint8_t target = number_of(next_ping(toy));
  const std::size_t others = last - 2u;
  toy.outbox.clear();
  toy.run_for(99);
  CHECK(about<Ping>(toy, target).empty());
  CHECK(about<PingRequest>(toy, target).empty());
  toy.run_for(1);
  REQUIRE(about<Ping>(toy, target).size() == 2);
  CHECK_FALSE(about<Ping>(toy, target)[0].by_stream);
  CHECK(about<Ping>(toy, target)[1].by_stream);
  // Helper choice is exact: everybody else, if there are no more than three.
  std::set<Endpoint> helpers;
  for (const Send& request : about<PingRequest>(toy, target)) helpers.insert(request.to);
  CHECK(about<PingRequest>(toy, target).size() == std::min<std::size_t>(3, others));
  CHECK(helpers.size() == std::min<std::size_t>(3, others));
  CHECK(helpers.count(endpoint(target)) == 0);
  CHECK(helpers.count(endpoint(1)) == 0);
  toy.outbox.clear();
  toy.run_for(100);
  CHECK(about<Ping>(toy, target).size() == 1);
  for (const Send& request : about<PingRequest>(toy, target)) helpers.insert(request.to);
  CHECK(helpers.size() == std::min<std::size_t>(6, others));
  CHECK(toy.published<Verdict>().empty());
}

TEST_CASE("membership: only the target and those asked can answer a probe", "[membership][probe]") {
  struct Row {
    const char* who;
    bool is_answer;
  };
  const auto row = GENERATE(values<Row>(
      {{"target", true}, {"helper", true}, {"stranger", false}, {"wrong sequence", false}}));
  CAPTURE(row.who);
  Engine toy = measured(4);
  const Send ping = next_ping(toy);
  toy.run_for(100);
  const std::string who = row.who;
  const std::uint8_t target = number_of(ping);
  const std::uint8_t helper = target == 2 ? 3 : 2;
  const NodeId from = who == "stranger" ? node(77) : who == "helper" ? node(helper) : node(target);
  const std::uint64_t sequence = sequence_of(ping) + (who == "wrong sequence" ? 100u : 0u);
  toy.engine.on_message(toy.now, from, endpoint(2), true, Ack{sequence}, toy.outbox);
  CHECK(toy.has_traced("membership: ack that nobody waits for") == !row.is_answer);
  toy.run_for(200);
  CHECK(toy.sent<Inquest>().empty() == row.is_answer);
}

TEST_CASE("membership: a nack shows that the fault is not ours, and clears nobody",
          "[membership][probe]") {
  Engine toy = measured(3);
  const Send ping = next_ping(toy);
  const std::uint8_t target = number_of(ping);
  const std::uint8_t helper = target == 2 ? 3 : 2;
  toy.run_for(100);
  toy.engine.on_message(toy.now, node(helper), endpoint(helper), false, Nack{sequence_of(ping)},
                        toy.outbox);
  toy.run_for(200);
  REQUIRE(toy.sent<Inquest>().size() == 1);
  CHECK(std::get<Inquest>(toy.sent<Inquest>()[0].message).accused == node(target));
}

TEST_CASE("membership: one of many that is cut off accuses nobody at first",
          "[membership][probe]") {
  Engine toy = measured(12);
  toy.run_for(6'000);
  CHECK(toy.published<Verdict>().empty());
  CHECK(toy.sent<Inquest>().empty());
  CHECK(toy.has_traced("membership: cut off, nobody accused"));
  // What it suspected meanwhile is forgotten as soon as anybody is heard.
  toy.engine.on_heard(toy.now, node(3), endpoint(3), toy.outbox);
  toy.run_for(3'900);
  CHECK(toy.published<Verdict>().empty());
}

TEST_CASE("membership: of few members all others may be dead, so there silence counts at once",
          "[membership][probe]") {
  Engine toy = measured(5);
  toy.run_for(20'000);
  CHECK(toy.engine.members().live_count() == 1);
}

TEST_CASE("membership: of few members one is found dead though another comes and goes all the time",
          "[membership][probe][flapping]") {
  Engine toy = measured(3);
  for (int i = 0; i < 8; ++i) {
    toy.run_for(1'000);
    toy.engine.on_heard(toy.now, node(3), endpoint(3), toy.outbox);
  }
  CHECK(toy.state(2) == MemberState::down);
}

TEST_CASE("membership: one that hears nobody holds nobody of many down, for ten seconds of each",
          "[membership][probe]") {
  Engine toy = measured(12);
  toy.run_for(110'000);
  CHECK(toy.published<Verdict>().empty());
  CHECK(toy.events<MembersDown>().empty());
  toy.run_for(200'000);
  CHECK_FALSE(toy.events<MembersDown>().empty());
}

TEST_CASE("membership: the time that one is cut off for is time that it runs",
          "[membership][probe][stall]") {
  Engine toy = measured(12);
  toy.run_for(60'000);
  toy.now = toy.now + milliseconds{100'000};
  toy.engine.on_stall(toy.now, milliseconds{100'000});
  toy.run_for(50'000);
  CHECK(toy.published<Verdict>().empty());
}

TEST_CASE("membership: one that is heard by nobody holds nobody of many down, whatever it hears",
          "[membership][probe]") {
  Engine toy = measured(12);
  const auto listen = [&](int ms) {
    for (int i = 0; i < ms / 100; ++i) {
      toy.run_for(100);
      toy.engine.on_heard(toy.now, node(3), endpoint(3), toy.outbox);
    }
  };
  listen(60'000);
  CHECK(toy.events<MembersDown>().empty());
  SECTION("an answer ends it, and what was silent lately has its time anew") {
    Send ping = next_ping(toy);
    toy.engine.on_message(toy.now, node(number_of(ping)), ping.to, false, Ack{sequence_of(ping)},
                          toy.outbox);
    listen(2'000);
    CHECK(toy.events<MembersDown>().empty());
  }
  SECTION("of whom it has just said to be down has time to answer, once anybody answers") {
    const auto pronounced = [&]() -> std::uint8_t {
      for (const Verdict& said : toy.published<Verdict>()) {
        const std::uint8_t number = said.accused.bytes[0];
        const bool is_suspect = toy.state(number) == MemberState::suspect;
        if (said.state == MemberState::down && is_suspect) return number;
      }
      return 0;
    };
    while (pronounced() == 0) {
      REQUIRE(toy.now < at(200'000));
      toy.run_for(10);
    }
    const std::uint8_t accused = pronounced();
    toy.run_for(300);
    toy.engine.on_member(toy.now, node(13), statement(13), toy.outbox);
    toy.outbox.clear();
    toy.engine.on_message(toy.now, node(4), endpoint(4), false, Inquest{node(13), 1}, toy.outbox);
    REQUIRE(toy.sent<Ping>().size() == 1);
    answer(toy, toy.sent<Ping>()[0]);
    const Instant answered = toy.now;
    toy.run(answered + milliseconds{399});
    CHECK(toy.state(accused) == MemberState::suspect);
    toy.run(answered + milliseconds{400});
    CHECK(toy.state(accused) == MemberState::down);
  }
  SECTION("others' word of a death counts all the same") {
    toy.hear_dead(4, {5});
    CHECK(toy.state(5) == MemberState::down);
  }
  SECTION("also when nobody had made it a suspect before") {
    toy.engine.on_verdict(toy.now, node(4), toy::down(5), toy.outbox);
    listen(1'000);
    CHECK(toy.state(5) == MemberState::down);
  }
  SECTION("it ends by itself, for they may be down after all") {
    listen(300'000);
    CHECK_FALSE(toy.events<MembersDown>().empty());
  }
}

TEST_CASE("membership: with two nodes silence counts at once", "[membership][probe]") {
  Engine toy = measured(2);
  const Instant pinged = (next_ping(toy), toy.now);
  toy.run(pinged + milliseconds{300 + 1'399});
  CHECK(toy.state(2) == MemberState::suspect);
  toy.run(pinged + milliseconds{300 + 1'400 + 20});
  CHECK(toy.state(2) == MemberState::down);
  CHECK(toy.events<MembersDown>().size() == 1);
}

TEST_CASE("membership: a suspicion that is not refuted ends in down", "[membership][suspicion]") {
  Engine toy = measured(3);
  CHECK(toy.engine.on_verdict(toy.now, node(3), toy::suspect(2), toy.outbox));
  const Instant began = toy.now;
  toy.run(began + milliseconds{3'999});
  CHECK(toy.state(2) == MemberState::suspect);
  toy.run(began + milliseconds{4'000});
  CHECK(toy.state(2) == MemberState::down);
  const auto verdicts = toy.published<Verdict>();
  CHECK(std::count(verdicts.begin(), verdicts.end(), toy::down(2)) == 1);
}

TEST_CASE("membership: a refuted suspicion does not end in down", "[membership][suspicion]") {
  Engine toy;
  toy.know_up_to(3);
  toy.engine.on_verdict(toy.now, node(3), toy::suspect(2), toy.outbox);
  toy.run_for(300);
  CHECK(toy.engine.on_member(toy.now, node(2), statement(2, 2), toy.outbox));
  toy.run_for(3'900);
  CHECK(toy.events<MembersDown>().empty());
}

TEST_CASE("membership: a stall drops the probe on its way and moves suspicions",
          "[membership][stall]") {
  Engine toy;
  toy.know_up_to(3);
  const Send ping = next_ping(toy);
  const std::uint8_t suspected = number_of(ping) == 2 ? 3 : 2;
  toy.engine.on_verdict(toy.now, node(number_of(ping)), toy::suspect(suspected), toy.outbox);
  const Instant began = toy.now;
  toy.now = began + milliseconds{5'000};
  toy.engine.on_stall(toy.now, milliseconds{5'000});
  toy.outbox.clear();
  toy.engine.on_deadline(toy.now, toy.outbox);
  CHECK(toy.sent<Ping>().empty());  // What was to be asked meanwhile is not.
  CHECK(toy.published<Verdict>().empty());
  CHECK(toy.state(suspected) == MemberState::suspect);
  toy.run(began + milliseconds{8'999});
  CHECK(toy.state(suspected) == MemberState::suspect);
  toy.run(began + milliseconds{9'000});
  CHECK(toy.state(suspected) == MemberState::down);
}

TEST_CASE("membership: a probe whose verdict fell due in a stall accuses nobody",
          "[membership][stall]") {
  Engine toy = measured(4);
  next_ping(toy);
  toy.run_for(200);
  toy.engine.on_heard(toy.now, node(99), endpoint(99), toy.outbox);
  toy.now = toy.now + milliseconds{2'000};
  const bool has_stalled = GENERATE(true, false);
  if (has_stalled) toy.engine.on_stall(toy.now, milliseconds{1'900});
  toy.engine.on_deadline(toy.now, toy.outbox);
  CHECK(toy.sent<Inquest>().empty() == has_stalled);
}

TEST_CASE("membership: a late deadline still gives helpers their time", "[membership][probe]") {
  Engine toy = measured(4);
  const Send ping = next_ping(toy);
  toy.now = toy.now + milliseconds{900};
  toy.engine.on_heard(toy.now, node(99), endpoint(99), toy.outbox);
  toy.outbox.clear();
  toy.engine.on_deadline(toy.now, toy.outbox);
  CHECK(about<PingRequest>(toy, number_of(ping)).size() == 2);
  toy.run_for(90);
  answer(toy, ping);
  toy.run_for(200);
  CHECK(toy.sent<Inquest>().empty());
}

TEST_CASE("membership: a node that runs late gives others as much more time",
          "[membership][probe]") {
  Engine toy = measured(4);
  toy.engine.on_late(toy.now, milliseconds{112});  // 32 of them may be by design.
  const Send ping = next_ping(toy);
  toy.outbox.clear();
  toy.run_for(179);
  CHECK(about<PingRequest>(toy, number_of(ping)).empty());
  toy.run_for(1);
  CHECK_FALSE(about<PingRequest>(toy, number_of(ping)).empty());
}

TEST_CASE("membership: a ping is answered the way it came, unless it is for another",
          "[membership][probe]") {
  Engine toy;
  toy.know_up_to(2);
  const bool by_stream = GENERATE(false, true);
  toy.engine.on_message(toy.now, node(2), endpoint(2), by_stream, Ping{42, node(1)}, toy.outbox);
  REQUIRE(toy.sent<Ack>().size() == 1);
  CHECK(toy.sent<Ack>()[0].by_stream == by_stream);
  CHECK(std::get<Ack>(toy.sent<Ack>()[0].message).sequence == 42);
  toy.outbox.clear();
  toy.engine.on_message(toy.now, node(2), endpoint(2), by_stream, Ping{43, node(9)}, toy.outbox);
  CHECK(toy.sent<Ack>().empty());
}

TEST_CASE("membership: a stranger that pings us is asked who it is", "[membership][probe]") {
  Engine toy;
  toy.engine.on_message(toy.now, node(7), endpoint(7), false, Ping{42, node(1)}, toy.outbox);
  toy.run_for(10);
  CHECK(toy.has_contacted(7));
  // Of many at once one is: the others learn of us from it.
  toy.now = toy.now + milliseconds{100};
  for (std::uint8_t from = 8; from < 20; ++from) {
    toy.engine.on_message(toy.now, node(from), endpoint(from), false, Ping{42, node(1)},
                          toy.outbox);
  }
  toy.run_for(10);
  CHECK(toy.all<Contact>().size() == 2);
}

TEST_CASE("membership: a deadline always leads past itself", "[membership]") {
  MembershipOptions options;
  options.tombstone_time = milliseconds{3'000};
  Engine toy{options};
  toy.know_up_to(40);
  toy.engine.on_seeds(toy.now, {endpoint(200), endpoint(201)}, toy.outbox);
  for (std::uint8_t round = 0; round < 100; ++round) {
    REQUIRE(toy.run_for(700));
    toy.engine.on_heard(toy.now, node(2), endpoint(2), toy.outbox);
    toy.engine.on_member(toy.now, node(static_cast<std::uint8_t>(50 + round)),
                         statement(static_cast<std::uint8_t>(50 + round)), toy.outbox);
    toy.engine.on_message(toy.now, node(3), endpoint(3), false, PingRequest{round, node(4)},
                          toy.outbox);
    if (round % 9 == 0) toy.engine.on_stall(toy.now, milliseconds{300});
  }
}

TEST_CASE("membership: the same seed and inputs give the same wishes", "[membership]") {
  const auto story = [](std::uint64_t seed) {
    Engine toy{{}, statement(1), seed};
    toy.know_up_to(30);
    toy.run_for(20'000);
    std::vector<std::string> told;
    for (const Send& send : toy.all<Send>()) told.push_back(send.to.address);
    return told;
  };
  CHECK(story(1) == story(1));
  CHECK(story(1) != story(2));
}

}  // namespace
}  // namespace gossamer::membership
