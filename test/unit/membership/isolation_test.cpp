// A node that hears nobody, or that nobody answers, doubts itself first.

#include <algorithm>
#include <catch2/catch.hpp>
#include <set>

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

/// Knows nodes 2 to `last`, and how soon they answer.
Engine measured(std::uint8_t last) {
  Engine toy;
  toy.know_up_to(last);
  live_for(toy, 1'500);
  toy.outbox.clear();
  return toy;
}

/// In the next `ms`, in which nobody answers.
std::size_t probes_in(Engine& toy, std::int64_t ms) {
  toy.outbox.clear();
  toy.run_for(ms);
  // A probe's pings are numbered one after the other.
  std::set<std::uint64_t> numbers;
  for (const Send& ping : toy.sent<Ping>()) {
    if (!ping.by_stream) numbers.insert(std::get<Ping>(ping.message).sequence);
  }
  return static_cast<std::size_t>(
      std::count_if(numbers.begin(), numbers.end(),
                    [&](std::uint64_t number) { return !numbers.contains(number - 1); }));
}

/// Frames come in, answers do not.
void listen(Engine& toy, std::int64_t ms) {
  for (std::int64_t i = 0; i < ms / 100; ++i) {
    toy.run_for(100);
    toy.engine.on_heard(toy.now, node(3), endpoint(3), toy.outbox);
  }
}

TEST_CASE(
    "membership: one of many that hears nobody probes in one period of eight, until it hears "
    "somebody",
    "[membership][isolation]") {
  Engine toy = measured(12);
  CHECK(probes_in(toy, 6'000) == 5);
  const std::size_t slowly = probes_in(toy, 32'000);
  CHECK(slowly >= 3);
  CHECK(slowly <= 5);
  toy.engine.on_heard(toy.now, node(3), endpoint(3), toy.outbox);
  // And what was before does not count for what comes.
  CHECK(probes_in(toy, 5'000) >= 4);
}

TEST_CASE(
    "membership: the word of another counts of whom a node that hears nobody doubts for itself",
    "[membership][isolation]") {
  Engine toy = measured(12);
  toy.run_for(60'000);
  for (std::uint8_t i = 5; i <= 12; ++i) {
    toy.engine.on_verdict(toy.now, node(4), down(i), toy.outbox);
  }
  toy.engine.on_heard(toy.now, node(4), endpoint(4), toy.outbox);
  toy.run_for(400);
  for (std::uint8_t i = 5; i <= 12; ++i) CHECK(toy.state(i) == MemberState::down);
}

TEST_CASE("membership: whom nobody answers holds nobody of eight or more down, of fewer all",
          "[membership][isolation]") {
  const auto [live, is_held] =
      GENERATE(values<std::pair<std::uint8_t, bool>>({{7, false}, {8, true}}));
  Engine toy = measured(live);
  listen(toy, 40'000);
  CHECK(toy.events<MembersDown>().empty() == is_held);
}

TEST_CASE("membership: however many they are, a quarter of an hour of silence from all buries them",
          "[membership][isolation]") {
  Engine toy = measured(150);
  listen(toy, 880'000);
  CHECK(toy.events<MembersDown>().empty());
  listen(toy, 60'000);
  CHECK_FALSE(toy.events<MembersDown>().empty());
}

TEST_CASE(
    "membership: whom it doubts meanwhile it names to nobody, and forgets when somebody answers",
    "[membership][isolation]") {
  Engine toy = measured(12);
  const bool hears = GENERATE(false, true);
  CAPTURE(hears);
  const auto wait = [&](std::int64_t ms) { hears ? listen(toy, ms) : (void)toy.run_for(ms); };
  wait(10'000);
  std::set<NodeId> accused;  // Before it knew that nobody answers it.
  for (const Send& send : toy.sent<Inquest>()) {
    accused.insert(std::get<Inquest>(send.message).accused);
  }
  CHECK(accused.size() == (hears ? 3 : 0));
  toy.outbox.clear();
  wait(10'000);
  CHECK(toy.sent<Inquest>().empty());
  CHECK(toy.published<Verdict>().empty());
  toy.engine.on_heard(toy.now, node(3), endpoint(3), toy.outbox);
  live_for(toy, 20'000);
  for (const Verdict& verdict : toy.published<Verdict>()) CHECK(accused.contains(verdict.accused));
}

TEST_CASE("membership: after an answer silence counts again as ever", "[membership][isolation]") {
  Engine toy = measured(12);
  const char* const how = GENERATE("it heard nobody", "nobody answered it");
  CAPTURE(how);
  if (std::string{how} == "it heard nobody") {
    toy.run_for(10'000);
  } else {
    listen(toy, 10'000);
  }
  for (int i = 0; i < 600; ++i) {
    live_for(toy, 100, 5);
    toy.engine.on_heard(toy.now, node(3), endpoint(3), toy.outbox);
  }
  CHECK(toy.state(5) == MemberState::down);
}

TEST_CASE("membership: that a helper says it tried is an answer: silence counts",
          "[membership][isolation]") {
  Engine toy = measured(12);
  for (int i = 0; i < 30'000; ++i) {
    toy.outbox.clear();
    toy.run_for(1);
    for (const Send& send : toy.sent<PingRequest>()) {
      const auto helper = static_cast<std::uint8_t>(std::stoi(send.to.address.substr(7)));
      toy.engine.on_message(toy.now, node(helper), send.to, false,
                            Nack{std::get<PingRequest>(send.message).sequence}, toy.outbox);
    }
  }
  CHECK(toy.engine.members().live_count() < 8);
}

TEST_CASE(
    "membership: when an answer comes at last, who was silent until then has all its time anew",
    "[membership][isolation]") {
  Engine toy = measured(12);
  listen(toy, 110'000);
  REQUIRE(toy.events<MembersDown>().empty());
  live_for(toy, 2'000, 5);
  listen(toy, 1'900);
  CHECK(toy.events<MembersDown>().empty());
}

TEST_CASE("membership: an answer gives whom another accuses no more time than it has",
          "[membership][isolation]") {
  Engine toy = measured(12);
  listen(toy, 10'000);
  toy.engine.on_verdict(toy.now, node(4), suspect(5), toy.outbox);
  const Instant began = toy.now;
  listen(toy, 3'000);
  live_for(toy, 1'200, 5);
  REQUIRE(toy.state(5) == MemberState::suspect);
  toy.run(began + milliseconds{4'317});
  CHECK(toy.state(5) == MemberState::down);
}

}  // namespace
}  // namespace gossamer::membership
