// Pings for others.

#include "membership/relays.hpp"

#include <catch2/catch.hpp>

#include "unit/membership/toy_engine.hpp"

namespace gossamer::membership {
namespace {

using toy::at;
using toy::endpoint;
using toy::Engine;
using toy::milliseconds;
using toy::node;
using toy::statement;

constexpr Duration kAnswerTime = milliseconds{300};

MemberTable members(std::uint8_t last) {
  MemberTable table{100};
  for (std::uint8_t i = 1; i <= last; ++i) {
    table.insert(node(i), statement(i), {MemberState::alive, 1});
  }
  return table;
}

TEST_CASE("membership: a helper passes an answer on, or says that there is none",
          "[membership][relay]") {
  Relays relays{{}, 1};
  Outbox outbox;
  relays.on_request(at(0), node(2), endpoint(2), {77, node(3)}, kAnswerTime, members(9), outbox);
  REQUIRE(outbox.size() == 1);
  const Send ping = std::get<Send>(outbox[0]);
  CHECK(ping.to == endpoint(3));
  const std::uint64_t sequence = std::get<Ping>(ping.message).sequence;
  CHECK(sequence != 77);
  outbox.clear();
  CHECK_FALSE(relays.on_ack(node(4), sequence, outbox));
  SECTION("an answer") {
    CHECK(relays.on_ack(node(3), sequence, outbox));
    REQUIRE(outbox.size() == 1);
    CHECK(std::get<Send>(outbox[0]).to == endpoint(2));
    CHECK(std::get<Ack>(std::get<Send>(outbox[0]).message).sequence == 77);
    CHECK(relays.size() == 0);
  }
  SECTION("silence, then a late answer") {
    relays.on_deadline(at(100), outbox);
    REQUIRE(outbox.size() == 1);
    CHECK(std::get<Nack>(std::get<Send>(outbox[0]).message).sequence == 77);
    CHECK(relays.on_ack(node(3), sequence, outbox));
    CHECK(outbox.size() == 2);
  }
  SECTION("silence for good") {
    relays.on_deadline(at(100), outbox);
    relays.on_deadline(at(399), outbox);
    CHECK(relays.size() == 1);
    relays.on_deadline(at(400), outbox);
    CHECK(relays.size() == 0);
    CHECK(outbox.size() == 1);
    CHECK_FALSE(relays.next_deadline());
  }
}

TEST_CASE("membership: a helper gives the target as long as it would for itself",
          "[membership][relay]") {
  Engine toy;  // It has measured nobody, so that is 500 ms.
  toy.know_up_to(4);
  toy.engine.on_message(toy.now, node(2), endpoint(2), false, PingRequest{7, node(3)}, toy.outbox);
  REQUIRE(toy.sent<Ping>().size() == 1);
  const Send ping = toy.sent<Ping>()[0];
  CHECK(ping.to == endpoint(3));
  const std::int64_t late = GENERATE(599, 600);
  toy.run_for(late);
  toy.outbox.clear();
  toy.engine.on_message(toy.now, node(3), endpoint(3), false,
                        Ack{std::get<Ping>(ping.message).sequence}, toy.outbox);
  CHECK(toy.sent<Ack>().size() == (late < 600 ? 1U : 0U));
}

TEST_CASE("membership: a helper pings members only, and only where they are held to live",
          "[membership][relay][hostile]") {
  Relays relays{{}, 1};
  Outbox outbox;
  SECTION("a member") {
    relays.on_request(at(0), node(2), endpoint(2), {77, node(3)}, kAnswerTime, members(9), outbox);
    REQUIRE(outbox.size() == 1);
    CHECK(std::get<Send>(outbox[0]).to == endpoint(3));
  }
  SECTION("a stranger: that the helper is there is said at once") {
    relays.on_request(at(0), node(2), endpoint(2), {77, node(99)}, kAnswerTime, members(9), outbox);
    CHECK(relays.size() == 0);
    const auto& nack = std::get<Send>(outbox.back());
    CHECK(nack.to == endpoint(2));
    CHECK(std::get<Nack>(nack.message).sequence == 77);
  }
}

TEST_CASE(
    "membership: pings for others are bounded, and one who asks for many leaves the others theirs",
    "[membership][relay][bounds]") {
  Relays relays{{}, 1};
  Outbox outbox;
  const MemberTable table = members(60);
  const auto ask = [&](std::uint8_t from) {
    relays.on_request(at(0), node(from), endpoint(from), {7, node(3)}, kAnswerTime, table, outbox);
  };
  for (int i = 0; i < 1'000; ++i) ask(2);
  CHECK(relays.size() == Relays::kRelaysOfOne);
  ask(4);
  CHECK(relays.size() == Relays::kRelaysOfOne + 1);
  for (std::uint8_t from = 4; from <= 60; ++from) {
    for (int i = 0; i < 1'000; ++i) ask(from);
  }
  CHECK(relays.size() == Relays::kRelaysMax);
}

TEST_CASE("membership: whom it asked for another before a stall it calls silent to nobody",
          "[membership][relay][stall]") {
  Engine toy;
  toy.know_up_to(4);
  toy.engine.on_message(toy.now, node(2), endpoint(2), false, PingRequest{7, node(4)}, toy.outbox);
  const bool has_stalled = GENERATE(true, false);
  toy.now = toy.now + toy::milliseconds{2'000};
  if (has_stalled) toy.engine.on_stall(toy.now, toy::milliseconds{2'000});
  toy.engine.on_deadline(toy.now, toy.outbox);
  CHECK(toy.sent<Nack>().empty() == has_stalled);
}

TEST_CASE(
    "membership: who asks a helper under many names from an address that is nobody's has one share",
    "[membership][relay][hostile]") {
  Engine toy;
  toy.know_up_to(20);
  for (std::uint8_t from = 2; from <= 20; ++from) {
    for (int i = 0; i < 100; ++i) {
      toy.engine.on_message(toy.now, node(from), endpoint(200), false, PingRequest{7, node(4)},
                            toy.outbox);
    }
  }
  std::size_t pings = 0;
  for (const Send& send : toy.sent<Ping>()) pings += send.to == endpoint(4) ? 1 : 0;
  CHECK(pings == Relays::kRelaysOfOne);
}

}  // namespace
}  // namespace gossamer::membership
