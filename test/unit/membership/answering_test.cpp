// What it is worth that one answers, and how long an answer is given.

#include <algorithm>
#include <catch2/catch.hpp>
#include <optional>

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

/// It has been answered by all, so that 100 ms is the time that it gives them.
Engine quiet(const Mechanisms& mechanisms = Mechanisms::chosen()) {
  Engine toy{{}, toy::statement(1), 1, mechanisms};
  toy.know_up_to(kNodes);
  live_for(toy, 1'500);
  toy.outbox.clear();
  return toy;
}

/// Node 3 answers the ping that was sent to it last.
void hear_answer_of_3(Engine& toy) {
  std::optional<Send> last;
  for (const Send& send : toy.sent<Ping>()) {
    if (std::get<Ping>(send.message).target == node(3)) last = send;
  }
  REQUIRE(last);
  toy.engine.on_message(toy.now, node(3), endpoint(3), false,
                        Ack{std::get<Ping>(last->message).sequence}, toy.outbox);
}

void ask_about_3(Engine& toy) {
  toy.outbox.clear();
  toy.engine.on_message(toy.now, node(8), endpoint(8), false, Inquest{node(3), 1}, toy.outbox);
}

void say_silent(Engine& toy, std::uint8_t from) {
  toy.engine.on_message(toy.now, node(from), endpoint(from), false, Opinion{node(3), 1, false},
                        toy.outbox);
}

TEST_CASE("membership: a public suspect that answers has all its time from then on, and is told",
          "[membership][suspicion]") {
  Engine toy = quiet();
  SECTION("suspected by one") {
    toy.engine.on_verdict(toy.now, node(2), suspect(3), toy.outbox);
  }
  SECTION("and by others") {
    toy.engine.on_verdict(toy.now, node(2), suspect(3), toy.outbox);
    say_silent(toy, 4);
    say_silent(toy, 5);
  }
  SECTION("said to be down by one") {
    toy.engine.on_verdict(toy.now, node(2), down(3), toy.outbox);
  }
  live_for(toy, 300, 3);
  ask_about_3(toy);
  hear_answer_of_3(toy);
  const Instant answered = toy.now;
  live_for(toy, 4'300, 3);
  CHECK(toy.state(3) == MemberState::suspect);
  toy.run(answered + milliseconds{4'317});
  CHECK(toy.state(3) == MemberState::down);
}

TEST_CASE(
    "membership: that a suspect was silent here before it answered is no reason to look again",
    "[membership][suspicion]") {
  Engine toy = quiet();
  ask_about_3(toy);
  hear_answer_of_3(toy);
  toy.engine.on_verdict(toy.now, node(2), suspect(3), toy.outbox);
  ask_about_3(toy);
  live_for(toy, 300, 3);
  toy.engine.on_link(toy.now, endpoint(3), LinkEvent::closed, toy.outbox);
  hear_answer_of_3(toy);
  toy.outbox.clear();
  live_for(toy, 4'300);
  CHECK(toy.state(3) == MemberState::suspect);
  CHECK(toy.sent<PingRequest>().empty());
}

TEST_CASE(
    "membership: a suspect that answered and is silent again is looked at again before it is down",
    "[membership][suspicion]") {
  Engine toy = quiet();
  ask_about_3(toy);
  hear_answer_of_3(toy);
  toy.engine.on_verdict(toy.now, node(2), suspect(3), toy.outbox);
  ask_about_3(toy);
  live_for(toy, 2'400, 3);  // One other has found it silent, so it has less than 2.5 s.
  REQUIRE(toy.state(3) == MemberState::suspect);
  toy.engine.on_link(toy.now, endpoint(3), LinkEvent::closed, toy.outbox);
  hear_answer_of_3(toy);
  ask_about_3(toy);
  live_for(toy, 300, 3);
  int looks = 0;
  for (int ms = 0; ms < 2'100; ++ms) {
    toy.outbox.clear();
    live_for(toy, 1, 3);
    looks += toy.sent<PingRequest>().size() == 2 ? 1 : 0;  // A probe asks three.
  }
  REQUIRE(toy.state(3) == MemberState::suspect);
  CHECK(looks == 4);
}

TEST_CASE("membership: a suspect that answers is told that it is doubted",
          "[membership][suspicion]") {
  Engine toy = quiet();
  toy.engine.on_verdict(toy.now, node(2), suspect(3), toy.outbox);
  live_for(toy, 1'200, 3);
  ask_about_3(toy);
  hear_answer_of_3(toy);
  live_for(toy, 5, 3);
  CHECK(toy.has_contacted(3));
}

/// How long, in milliseconds, the next one that is probed is given before it is asked again.
std::int64_t time_given(Engine& toy, const NodeId& except = {}) {
  toy.outbox.clear();
  std::optional<std::uint64_t> probe;
  std::int64_t given = 0;
  for (int i = 0; i < 5'000; ++i) {
    const std::size_t seen = toy.outbox.size();
    toy.run_for(1);
    if (probe) ++given;
    for (std::size_t at = seen; at < toy.outbox.size(); ++at) {
      const auto* send = std::get_if<Send>(&toy.outbox[at]);
      const auto* ping = send == nullptr ? nullptr : std::get_if<Ping>(&send->message);
      if (ping == nullptr || ping->target == except) continue;
      if (probe && ping->sequence == *probe + 1) {
        toy.engine.on_message(toy.now, ping->target, send->to, false, Ack{ping->sequence},
                              toy.outbox);
        return given;
      }
      if (!probe) probe = ping->sequence;
    }
  }
  return -1;
}

/// The next probe is not answered; those asked to try say so, or do not. Tells whose it was.
NodeId miss_one(Engine& toy, bool is_witnessed) {
  toy.outbox.clear();
  for (int i = 0; i < 3'000 && toy.sent<Inquest>().empty(); ++i) {
    const std::size_t seen = toy.outbox.size();
    toy.run_for(1);
    toy.engine.on_heard(toy.now, node(9), endpoint(9), toy.outbox);
    for (std::size_t at = seen; at < toy.outbox.size(); ++at) {
      const auto* send = std::get_if<Send>(&toy.outbox[at]);
      const auto* request = send == nullptr ? nullptr : std::get_if<PingRequest>(&send->message);
      if (request == nullptr || !is_witnessed) continue;
      const auto helper = static_cast<std::uint8_t>(std::stoi(send->to.address.substr(7)));
      toy.engine.on_message(toy.now, node(helper), send->to, false, Nack{request->sequence},
                            toy.outbox);
    }
  }
  REQUIRE_FALSE(toy.sent<Inquest>().empty());
  return std::get<Inquest>(toy.sent<Inquest>()[0].message).accused;
}

TEST_CASE(
    "membership: a node that is not even told that helpers tried, or is suspected itself, gives "
    "others more time, until they answer",
    "[membership][health]") {
  Engine toy = quiet(Mechanisms::chosen().with(Mechanism::health));
  REQUIRE(time_given(toy) == 100);
  SECTION("helpers say that they tried") {
    const NodeId missed = miss_one(toy, true);
    CHECK(time_given(toy, missed) == 100);
  }
  SECTION("helpers do not say so") {
    const NodeId missed = miss_one(toy, false);
    SECTION("and others answer") {
      CHECK(time_given(toy, missed) == 200);
      CHECK(time_given(toy, missed) == 100);
    }
    SECTION("that one who was checked for another answers says nothing") {
      ask_about_3(toy);
      hear_answer_of_3(toy);
      CHECK(time_given(toy, missed) == 200);
    }
  }
  SECTION("it is suspected") {
    toy.engine.on_verdict(toy.now, node(2), suspect(1), toy.outbox);
    CHECK(time_given(toy) == 200);
  }
}

TEST_CASE("membership: how far away one is is known when it has answered",
          "[membership][round_trips]") {
  Engine toy;
  toy.know_up_to(kNodes);
  CHECK_FALSE(toy.engine.round_trip(node(3)));
  ask_about_3(toy);
  hear_answer_of_3(toy);
  CHECK(toy.engine.round_trip(node(3)));
  CHECK_FALSE(toy.engine.round_trip(node(4)));
}

}  // namespace
}  // namespace gossamer::membership
