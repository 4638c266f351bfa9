// Whoever has no key can still connect, often and from several addresses. It keeps no others out.
#include <catch2/catch.hpp>
#include <chrono>
#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "loop/network_fixture.hpp"
#include "transport/frame_reader.hpp"

namespace gossamer {
namespace {

using std::chrono::milliseconds;
using test::Host;
using test::LoopFixture;
using test::pattern;
using test::RawClient;

constexpr std::size_t kLongFrame = 16 * 1024 * 1024;

Bytes length_of(std::size_t size) {
  const auto length = encode_frame_length(size);
  return {length.begin(), length.end()};
}

std::string address_of(int number) {
  return "127.0.0." + std::to_string(number);
}

/// Announces a long frame on each of its connections, sends a byte now and then, and comes again
/// whenever it is shown the door.
class Crowd {
 public:
  Crowd(const Endpoint& to, int addresses, int connections_each) : to_(to) {
    for (int i = 0; i < addresses * connections_each; ++i) come(1 + i % addresses);
  }
  std::size_t size() const { return members_.size(); }

  void dribble() {
    for (Member& member : members_) {
      if (member.client->is_closed_by_peer()) {
        member.client = announced(member.number);
      } else {
        member.client->send(pattern(1));
      }
    }
  }

 private:
  struct Member {
    int number = 0;
    std::unique_ptr<RawClient> client{};
  };
  std::unique_ptr<RawClient> announced(int number) const {
    auto client = std::make_unique<RawClient>(to_, address_of(number));
    client->send(length_of(kLongFrame));
    return client;
  }
  void come(int number) { members_.push_back({number, announced(number)}); }

  Endpoint to_;
  std::vector<Member> members_{};
};

TEST_CASE("crowd: eight addresses that fill all places and dribble do not keep out a ninth",
          "[abuse]") {
  LoopFixture fixture;
  Host host{fixture.loop()};
  Crowd crowd{host.endpoint(), 8, 32};
  REQUIRE(fixture.run_until(
      [&] { return host.network->counters().incoming_accepted >= crowd.size(); }));
  REQUIRE(host.network->incoming_connections() >= NetworkLimits{}.incoming_strangers_max);
  RawClient honest{host.endpoint(), address_of(9)};
  const Bytes frame = pattern(200'000);
  REQUIRE(honest.send(length_of(frame.size())));
  // In many parts, with the crowd pressing in between.
  std::size_t sent = 0;
  REQUIRE(fixture.run_until([&] {
    crowd.dribble();
    if (sent < frame.size()) {
      REQUIRE(honest.send(ByteView{frame}.subspan(sent, 10'000)));
      sent += 10'000;
    }
    return !host.received.frames.empty();
  }));
  CHECK(host.received.frames[0].bytes == frame);
  CHECK(host.network->counters().incoming_refused == 0);
}

TEST_CASE("crowd: a frame has time for what has arrived of it, not for what was announced",
          "[abuse]") {
  LoopFixture fixture;
  NetworkLimits limits;
  limits.frame_timeout = milliseconds{400};
  limits.frame_bytes_per_second_min = 1000;
  Host host{fixture.loop(), limits};
  RawClient lazy{host.endpoint()};
  RawClient steady{host.endpoint()};
  const Bytes frame = pattern(1'000'000);
  REQUIRE(lazy.send(length_of(kLongFrame)));
  REQUIRE(steady.send(length_of(frame.size())));
  std::size_t sent = 0;
  REQUIRE(fixture.run_until([&] {
    if (sent < frame.size() / 2) {
      steady.send(ByteView{frame}.subspan(sent, 1000));
      sent += 1000;
    }
    return lazy.is_closed_by_peer();
  }));
  REQUIRE_FALSE(steady.is_closed_by_peer());
  REQUIRE(fixture.run_until([&] {
    if (sent < frame.size()) {
      steady.send(ByteView{frame}.subspan(sent, 1000));
      sent += 1000;
    }
    return !host.received.frames.empty();
  }));
  CHECK(host.received.frames[0].bytes == frame);
  CHECK(host.network->counters().incoming_timed_out == 1);
}

TEST_CASE("crowd: who holds one place keeps it, whatever one with many does", "[abuse]") {
  LoopFixture fixture;
  NetworkLimits limits;
  limits.incoming_max = 4;
  Host host{fixture.loop(), limits};
  RawClient quiet{host.endpoint(), address_of(9)};
  REQUIRE(quiet.send(length_of(1)));
  REQUIRE(fixture.run_until([&] { return host.network->counters().incoming_accepted == 1; }));
  std::deque<RawClient> crowd;
  for (int i = 0; i < 40; ++i) crowd.emplace_back(host.endpoint(), address_of(1 + i % 2));
  REQUIRE(fixture.run_until([&] { return host.network->counters().incoming_accepted == 41; }));
  CHECK(host.network->incoming_connections() == 4);
  REQUIRE_FALSE(quiet.is_closed_by_peer());
  REQUIRE(quiet.send(pattern(1)));
  CHECK(fixture.run_until([&] { return host.received.frames.size() == 1; }));
}

TEST_CASE("crowd: places are kept for addresses that the node sends to, however many others come",
          "[abuse]") {
  LoopFixture fixture;
  NetworkLimits limits;
  limits.incoming_max = 8;
  limits.incoming_strangers_max = 4;
  Host host{fixture.loop(), limits};
  host.network->send_datagram({address_of(9), 1}, pattern(9));
  RawClient member{host.endpoint(), address_of(9)};
  REQUIRE(member.send(length_of(1)));
  REQUIRE(fixture.run_until([&] { return host.network->counters().incoming_accepted == 1; }));
  // Each has one connection, as the member does, which is the oldest of them all.
  std::deque<RawClient> crowd;
  for (int i = 0; i < 40; ++i) crowd.emplace_back(host.endpoint(), address_of(10 + i));
  REQUIRE(fixture.run_until([&] { return host.network->counters().incoming_accepted == 41; }));
  CHECK(host.network->incoming_connections() == 5);
  REQUIRE(member.send(pattern(1)));
  REQUIRE(fixture.run_until([&] { return host.received.frames.size() == 1; }));
  RawClient again{host.endpoint(), address_of(9)};
  REQUIRE(fixture.run_until([&] { return host.network->incoming_connections() == 6; }));
}

}  // namespace
}  // namespace gossamer
