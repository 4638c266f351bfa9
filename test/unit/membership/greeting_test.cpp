// What pings and acks say beside: how the sender's view and clock compare.

#include <catch2/catch.hpp>

#include "unit/membership/toy_engine.hpp"

namespace gossamer::membership {
namespace {

using toy::endpoint;
using toy::Engine;
using toy::live_for;
using toy::milliseconds;
using toy::node;

/// Node `number` pings from where node `at` lives, and tells of its view.
void hear_ping(Engine& toy, std::uint8_t number, std::uint64_t digest, std::uint8_t at,
               bool by_stream = false) {
  toy.engine.on_message(toy.now, node(number), endpoint(at), by_stream,
                        Ping{7, node(1), Greeting{0, digest}}, toy.outbox);
}

/// What this node says of its own view.
std::uint64_t own_digest(Engine& toy) {
  toy.outbox.clear();
  hear_ping(toy, 2, 0, 2);
  const std::uint64_t digest = std::get<Ack>(toy.sent<Ack>().at(0).message).greeting.view_digest;
  toy.outbox.clear();
  return digest;
}

constexpr std::uint64_t kOther = 12'345;

TEST_CASE("membership: who tells of another view for longer than news takes is compared with",
          "[membership][view]") {
  Engine toy;
  toy.know_up_to(4);
  live_for(toy, 5'000);
  const std::uint64_t ours = own_digest(toy);
  hear_ping(toy, 3, ours, 3);
  toy.now = toy.now + milliseconds{699};
  hear_ping(toy, 2, kOther, 2);
  CHECK(toy.all<Contact>().empty());
  SECTION("once in that time, whoever tells of it") {
    for (int i = 0; i < 100; ++i) {
      toy.now = toy.now + milliseconds{1};
      hear_ping(toy, 2, kOther, 2);
      hear_ping(toy, 3, kOther, 3);
    }
    REQUIRE(toy.all<Contact>().size() == 1);
    CHECK(toy.has_contacted(2));
    toy.now = toy.now + milliseconds{700};
    hear_ping(toy, 3, kOther, 3);
    CHECK(toy.all<Contact>().size() == 2);
  }
  SECTION("in the answer to a ping too, unless that came by stream") {
    const bool by_stream = GENERATE(false, true);
    toy.now = toy.now + milliseconds{1};
    while (toy.sent<Ping>().empty()) toy.run_for(1);
    const Send ping = toy.sent<Ping>()[0];
    const NodeId target = std::get<Ping>(ping.message).target;
    toy.engine.on_message(toy.now, target, ping.to, by_stream,
                          Ack{std::get<Ping>(ping.message).sequence, Greeting{0, kOther}},
                          toy.outbox);
    CHECK(toy.has_contacted(target.bytes[0]) != by_stream);
  }
  SECTION("not if another has our view meanwhile") {
    hear_ping(toy, 3, ours, 3);
    toy.now = toy.now + milliseconds{699};
    hear_ping(toy, 2, kOther, 2);
    CHECK(toy.all<Contact>().empty());
  }
  SECTION("not who says nothing of it, is not at home there, or is asked by stream") {
    toy.now = toy.now + milliseconds{10'000};
    hear_ping(toy, 2, 0, 2);
    hear_ping(toy, 2, kOther, 3);
    hear_ping(toy, 2, kOther, 2, true);
    CHECK(toy.all<Contact>().empty());
  }
  SECTION("not by one that leaves") {
    toy.engine.leave(toy.now, toy.outbox);
    toy.now = toy.now + milliseconds{10'000};
    hear_ping(toy, 2, kOther, 2);
    CHECK(toy.all<Contact>().empty());
  }
}

TEST_CASE("membership: who has just started finds out after that time too", "[membership][view]") {
  Membership engine{{}, {node(1), toy::statement(1)}, 1};
  Outbox outbox;
  engine.start(toy::at(60'000), outbox);
  engine.on_member(toy::at(60'000), node(2), toy::statement(2), outbox);
  const auto compares = [&](std::int64_t ms) {
    outbox.clear();
    engine.on_message(toy::at(ms), node(2), endpoint(2), false,
                      Ping{7, node(1), Greeting{0, kOther}}, outbox);
    return std::holds_alternative<Contact>(outbox.back());
  };
  CHECK_FALSE(compares(60'699));
  CHECK(compares(60'700));
}

}  // namespace
}  // namespace gossamer::membership
