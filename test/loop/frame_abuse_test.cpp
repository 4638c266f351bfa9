// Anybody can connect to a node's port. Whatever they do there ends their connection, and nothing
// else.
#include <fcntl.h>
#include <sys/resource.h>

#include <catch2/catch.hpp>
#include <chrono>
#include <deque>
#include <vector>

#include "base/random.hpp"
#include "loop/network_fixture.hpp"
#include "transport/frame_reader.hpp"

namespace gossamer {
namespace {

using std::chrono::milliseconds;
using test::Host;
using test::LoopFixture;
using test::pattern;
using test::RawClient;

Bytes length_of(std::size_t size) {
  const auto length = encode_frame_length(size);
  return {length.begin(), length.end()};
}

Bytes framed(const Bytes& bytes) {
  Bytes out = length_of(bytes.size());
  out.insert(out.end(), bytes.begin(), bytes.end());
  return out;
}

TEST_CASE("abuse: a frame that comes byte by byte is a frame", "[abuse]") {
  LoopFixture fixture;
  Host host{fixture.loop()};
  RawClient client{host.endpoint()};
  for (const std::uint8_t byte : framed(pattern(50))) {
    REQUIRE(client.send({&byte, 1}));
    uv_run(fixture.uv(), UV_RUN_NOWAIT);
  }
  REQUIRE(fixture.run_until([&] { return host.received.frames.size() == 1; }));
  CHECK(host.received.frames[0].bytes == pattern(50));
  CHECK(host.received.frames[0].from == client.local());
}

TEST_CASE("abuse: an announced length out of bounds ends the connection at once", "[abuse]") {
  LoopFixture fixture;
  Host host{fixture.loop()};
  const std::size_t length = GENERATE(0u, NetworkLimits{}.frame_bytes_max + 1, 0xffffffffu);
  RawClient innocent{host.endpoint()};
  RawClient client{host.endpoint()};
  REQUIRE(client.send(length_of(length)));
  REQUIRE(fixture.run_until([&] { return client.is_closed_by_peer(); }));
  CHECK(host.network->counters().incoming_malformed == 1);
  REQUIRE(innocent.send(framed(pattern(9))));
  CHECK(fixture.run_until([&] { return host.received.frames.size() == 1; }));
}

TEST_CASE("abuse: another protocol is shown the door", "[abuse]") {
  LoopFixture fixture;
  Host host{fixture.loop()};
  RawClient client{host.endpoint()};
  REQUIRE(client.send(as_bytes("GET / HTTP/1.1\r\nHost: example\r\n\r\n")));
  CHECK(fixture.run_until([&] { return client.is_closed_by_peer(); }));
  CHECK(host.received.frames.empty());
}

TEST_CASE(
    "abuse: more connections of one address in a second than may be are ended before a byte is "
    "read",
    "[abuse]") {
  LoopFixture fixture;
  NetworkLimits limits;
  limits.incoming_per_address_per_second_max = 5;
  Host host{fixture.loop(), limits};
  std::deque<RawClient> clients;
  for (int i = 0; i < 20; ++i) clients.emplace_back(host.endpoint());
  REQUIRE(fixture.run_until([&] { return host.network->counters().incoming_too_often >= 10; }));
  CHECK(host.network->counters().incoming_accepted <= 10);
  // A second later it is heard again.
  REQUIRE(fixture.run_until([&] {
    RawClient again{host.endpoint()};
    again.send(framed(pattern(9)));
    uv_run(fixture.uv(), UV_RUN_NOWAIT);
    return !host.received.frames.empty();
  }));
}

TEST_CASE("abuse: who is not among the allowed peers is neither heard nor sent to", "[abuse]") {
  LoopFixture fixture;
  NetworkLimits limits;
  limits.peers = *AddressRanges::parse({"127.0.0.2", "10.0.0.0/8"});
  Host host{fixture.loop(), limits};
  Host stranger{fixture.loop()};
  Host friendly{fixture.loop(), {}, {"127.0.0.2", 0}};
  stranger.network->send_datagram(host.endpoint(), pattern(9));
  stranger.network->send_frame(host.endpoint(), pattern(9));
  host.network->send_datagram(stranger.endpoint(), pattern(9));
  host.network->send_frame(stranger.endpoint(), pattern(9));
  REQUIRE(fixture.run_until([&] {
    const NetworkCounters counters = host.network->counters();
    return counters.datagrams_outside == 2 && counters.incoming_outside >= 1 &&
           counters.frames_dropped_failed == 1;
  }));
  friendly.network->send_datagram(host.endpoint(), pattern(9));
  friendly.network->send_frame(host.endpoint(), pattern(9));
  REQUIRE(fixture.run_until(
      [&] { return host.received.datagrams.size() == 1 && host.received.frames.size() == 1; }));
  CHECK(stranger.received.datagrams.empty());
}

TEST_CASE("abuse: random bytes never hurt", "[abuse]") {
  LoopFixture fixture;
  Host host{fixture.loop()};
  Random random{GENERATE(1u, 2u, 3u)};
  for (int i = 0; i < 30; ++i) {
    RawClient client{host.endpoint()};
    Bytes garbage(random.below(3000));
    for (std::uint8_t& byte : garbage) byte = static_cast<std::uint8_t>(random.next());
    // Half of them look like a frame at first.
    if (random.chance(1, 2) && garbage.size() > 3) garbage[0] = garbage[1] = 0;
    client.send(garbage);
    uv_run(fixture.uv(), UV_RUN_NOWAIT);
  }
  CHECK(fixture.run_until([&] { return host.network->incoming_connections() == 0; }));
}

TEST_CASE("abuse: who connects and says nothing, or never ends a frame, is closed in time",
          "[abuse]") {
  LoopFixture fixture;
  NetworkLimits limits;
  limits.frame_timeout = milliseconds{400};
  limits.incoming_idle_timeout = milliseconds{1500};
  Host host{fixture.loop(), limits};
  RawClient silent{host.endpoint()};
  RawClient slow{host.endpoint()};
  RawClient idle{host.endpoint()};
  REQUIRE(slow.send(length_of(1000)));
  REQUIRE(idle.send(framed(pattern(10))));
  REQUIRE(fixture.run_until([&] { return host.received.frames.size() == 1; }));
  const Instant begin = fixture.clock().now();
  int trickled = 0;
  REQUIRE(fixture.run_until([&] {
    // One more byte does not buy more time.
    if (fixture.clock().now() - begin > trickled * milliseconds{50}) {
      slow.send(pattern(1));
      ++trickled;
    }
    return silent.is_closed_by_peer() && slow.is_closed_by_peer();
  }));
  CHECK(fixture.clock().now() - begin < milliseconds{1400});
  CHECK_FALSE(idle.is_closed_by_peer());
  REQUIRE(fixture.run_until([&] { return idle.is_closed_by_peer(); }));
  CHECK(host.network->counters().incoming_timed_out == 3);
}

TEST_CASE("abuse: at the bound of connections the longest silent one makes room", "[abuse]") {
  LoopFixture fixture;
  NetworkLimits limits;
  const bool is_per_address = GENERATE(true, false);
  (is_per_address ? limits.incoming_per_address_max : limits.incoming_max) = 3;
  Host host{fixture.loop(), limits};
  std::deque<RawClient> clients;
  for (int i = 0; i < 4; ++i) {
    clients.emplace_back(host.endpoint());
    // Connections must be seen in this order.
    REQUIRE(fixture.run_until(
        [&] { return host.network->counters().incoming_accepted == clients.size(); }));
    if (i == 0) {
      // Amid a frame: not silent.
      REQUIRE(clients[0].send(length_of(10)));
      for (int j = 0; j < 5; ++j) uv_run(fixture.uv(), UV_RUN_NOWAIT);
    }
  }
  REQUIRE(fixture.run_until([&] { return clients[1].is_closed_by_peer(); }));
  CHECK_FALSE(clients[0].is_closed_by_peer());
  CHECK_FALSE(clients[2].is_closed_by_peer());
  CHECK_FALSE(clients[3].is_closed_by_peer());
  CHECK(host.network->incoming_connections() == 3);
  CHECK(host.network->counters().incoming_evicted == 1);

  // Now all are amid a frame, and so the slowest does: the first, however soon the next one comes.
  for (const std::size_t i : {2U, 3U}) {
    REQUIRE(clients[i].send(length_of(10'000)));
    REQUIRE(clients[i].send(pattern(5'000)));
  }
  for (int j = 0; j < 5; ++j) uv_run(fixture.uv(), UV_RUN_NOWAIT);
  RawClient late{host.endpoint()};
  REQUIRE(fixture.run_until([&] { return clients[0].is_closed_by_peer(); }));
  CHECK_FALSE(late.is_closed_by_peer());
  CHECK(host.network->counters().incoming_evicted == 2);
  CHECK(host.network->counters().incoming_refused == 0);
}

TEST_CASE("abuse: unfinished frames share a bounded memory, and short ones still pass", "[abuse]") {
  LoopFixture fixture;
  NetworkLimits limits;
  limits.buffered_bytes_max = 512 * 1024;
  Host host{fixture.loop(), limits};
  std::deque<RawClient> greedy;
  for (int i = 0; i < 4; ++i) {
    greedy.emplace_back(host.endpoint());
    greedy.back().send(length_of(1024 * 1024));
  }
  const auto give_all = [&] {
    for (RawClient& client : greedy) client.send(pattern(16 * 1024));
    uv_run(fixture.uv(), UV_RUN_NOWAIT);
  };
  for (int i = 0; i < 32; ++i) give_all();
  REQUIRE(fixture.run_until([&] { return host.network->counters().incoming_no_memory >= 2; }));
  CHECK(host.network->counters().incoming_no_memory < 4);
  RawClient modest{host.endpoint()};
  // In two parts, so that it must be held.
  const Bytes frame = framed(pattern(60'000));
  REQUIRE(modest.send(ByteView{frame}.first(30'000)));
  for (int i = 0; i < 5; ++i) uv_run(fixture.uv(), UV_RUN_NOWAIT);
  REQUIRE(modest.send(ByteView{frame}.subspan(30'000)));
  CHECK(fixture.run_until([&] { return host.received.frames.size() == 1; }));
}

// With GCC's -fsanitize=undefined the check of types opens a pipe, and reports what it could not
// check as wrong.
#ifndef __SANITIZE_ADDRESS__
TEST_CASE("abuse: out of descriptors, it neither spins nor forgets who waits", "[abuse]") {
  LoopFixture fixture;
  Host host{fixture.loop()};
  RawClient client{host.endpoint()};
  REQUIRE(client.send(framed(pattern(10))));
  std::vector<FileDescriptor> hoard;
  rlimit before{};
  REQUIRE(getrlimit(RLIMIT_NOFILE, &before) == 0);
  rlimit few = before;
  few.rlim_cur = 64;
  REQUIRE(setrlimit(RLIMIT_NOFILE, &few) == 0);
  for (;;) {
    hoard.emplace_back(open("/dev/null", O_RDONLY | O_CLOEXEC));
    if (!hoard.back().is_open()) break;
  }
  int turns = 0;
  CHECK_FALSE(fixture.run_until(
      [&] {
        ++turns;
        return host.network->incoming_connections() > 0;
      },
      milliseconds{300}));
  // The fixture turns the loop every 2 ms, and nobody else should.
  CHECK(turns < 400);
  hoard.clear();
  REQUIRE(setrlimit(RLIMIT_NOFILE, &before) == 0);
  CHECK(fixture.run_until([&] { return host.received.frames.size() == 1; }));
}
#endif

}  // namespace
}  // namespace gossamer
