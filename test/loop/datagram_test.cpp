#include <catch2/catch.hpp>
#include <chrono>
#include <string>

#include "loop/network_fixture.hpp"
#include "transport/bound_sockets.hpp"

namespace gossamer {
namespace {

using test::Host;
using test::LoopFixture;
using test::pattern;

TEST_CASE("network: datagrams of every size reach the other side and name their sender",
          "[network]") {
  LoopFixture fixture;
  Host a{fixture.loop()};
  Host b{fixture.loop()};
  const std::size_t size = GENERATE(0u, 1u, 1400u, 65507u);
  a.network->send_datagram(b.endpoint(), pattern(size));
  REQUIRE(fixture.run_until([&] { return b.received.datagrams.size() == 1; }));
  CHECK(b.received.datagrams[0].bytes == pattern(size));
  CHECK(b.received.datagrams[0].from == a.endpoint());
  b.network->send_datagram(b.received.datagrams[0].from, pattern(7));
  REQUIRE(fixture.run_until([&] { return a.received.datagrams.size() == 1; }));
  CHECK(a.received.datagrams[0].from == b.endpoint());
  CHECK(a.received.are_aligned);
  CHECK(b.received.are_aligned);
  CHECK(a.network->counters().datagrams_sent == 1);
  CHECK(a.network->counters().datagram_bytes_sent == size);
  CHECK(b.network->counters().datagram_bytes_received == size);
}

TEST_CASE("network: a burst arrives in order, more of it than one read takes", "[network]") {
  LoopFixture fixture;
  Host a{fixture.loop()};
  Host b{fixture.loop()};
  constexpr std::size_t kCount = 100;
  for (std::size_t i = 0; i < kCount; ++i) {
    a.network->send_datagram(b.endpoint(), pattern(10 + i, static_cast<std::uint8_t>(i)));
  }
  REQUIRE(fixture.run_until([&] { return b.received.datagrams.size() == kCount; }));
  for (std::size_t i = 0; i < kCount; ++i) {
    CHECK(b.received.datagrams[i].bytes == pattern(10 + i, static_cast<std::uint8_t>(i)));
  }
}

TEST_CASE("network: poll_now reads what lies waiting before any timer runs", "[network]") {
  LoopFixture fixture;
  Host a{fixture.loop()};
  Host b{fixture.loop()};
  for (int i = 0; i < 300; ++i) a.network->send_datagram(b.endpoint(), pattern(20));
  std::size_t seen_by_timer = 0;
  bool has_fired = false;
  UvTimer timer{fixture.loop(), [&] {
                  has_fired = true;
                  CHECK(b.received.datagrams.empty());
                  CHECK(b.network->poll_now(16) >= 16);
                  CHECK(b.received.datagrams.size() < 64);
                  b.network->poll_now();
                  seen_by_timer = b.received.datagrams.size();
                }};
  timer.arm(Duration{0});
  REQUIRE(fixture.run_until([&] { return has_fired; }));
  CHECK(seen_by_timer == 300);
}

TEST_CASE("network: poll_now reads frames too, and nothing inside the receiver", "[network]") {
  LoopFixture fixture;
  Host a{fixture.loop()};
  Host b{fixture.loop()};
  a.network->send_frame(b.endpoint(), pattern(100));
  REQUIRE(fixture.run_until([&] { return b.received.frames.size() == 1; }));
  a.network->send_frame(b.endpoint(), pattern(200));
  a.network->send_datagram(b.endpoint(), pattern(30));
  b.received.then = [&] { CHECK(b.network->poll_now() == 0); };
  const Instant deadline = fixture.clock().now() + std::chrono::seconds{5};
  while (b.received.frames.size() < 2 && fixture.clock().now() < deadline) b.network->poll_now();
  CHECK(b.received.frames.size() == 2);
  CHECK(b.received.datagrams.size() == 1);
}

TEST_CASE("network: what cannot be sent is counted", "[network]") {
  LoopFixture fixture;
  Host a{fixture.loop()};
  struct Row {
    const char* why;
    Endpoint to;
    std::size_t size;
  };
  const auto row =
      GENERATE(values<Row>({{"no address", {"nowhere", 1}, 1},
                            {"no address at all", {"", 0}, 1},
                            {"IPv6 from an IPv4 socket", {"::1", 7946}, 1},
                            {"longer than any datagram", {"127.0.0.1", 7946}, 65508}}));
  CAPTURE(row.why);
  a.network->send_datagram(row.to, pattern(row.size));
  CHECK(a.network->counters().datagrams_sent == 0);
  CHECK(a.network->counters().datagrams_dropped_failed == 1);
}

TEST_CASE("network: datagrams that nobody read in time are told as lost by the kernel",
          "[network]") {
  LoopFixture fixture;
  NetworkLimits limits;
  limits.socket_buffer_bytes = 4096;
  Host a{fixture.loop()};
  Host b{fixture.loop(), limits};
  for (int i = 0; i < 50; ++i) a.network->send_datagram(b.endpoint(), pattern(1000));
  const std::uint64_t lost = b.network->counters().datagrams_lost_by_kernel;
  CHECK(lost > 0);
  b.network->poll_now();
  CHECK(b.received.datagrams.size() + lost == 50);
}

TEST_CASE("network: an IPv6 node on all addresses talks to IPv4 nodes", "[network]") {
  LoopFixture fixture;
  const auto probe = bind_sockets({"::1", 0});
  if (!probe) {
    WARN("no IPv6 on this machine");
    return;
  }
  Host a{fixture.loop()};
  Host b{fixture.loop(), {}, {"::", 0}};
  Host c{fixture.loop(), {}, {"::1", 0}};
  const Endpoint b_on_v4{"127.0.0.1", b.endpoint().port};
  a.network->send_datagram(b_on_v4, pattern(1));
  a.network->send_frame(b_on_v4, pattern(2));
  REQUIRE(fixture.run_until(
      [&] { return b.received.datagrams.size() == 1 && b.received.frames.size() == 1; }));
  CHECK(b.received.datagrams[0].from == a.endpoint());
  CHECK(b.received.frames[0].from.address == "127.0.0.1");
  b.network->send_datagram(a.endpoint(), pattern(3));
  b.network->send_datagram(c.endpoint(), pattern(4));
  b.network->send_frame(a.endpoint(), pattern(5));
  b.network->send_frame(c.endpoint(), pattern(6));
  CHECK(fixture.run_until([&] {
    return a.received.datagrams.size() == 1 && a.received.frames.size() == 1 &&
           c.received.datagrams.size() == 1 && c.received.frames.size() == 1;
  }));
}

TEST_CASE("network: a port in use is an error that names it, for TCP and for UDP", "[network]") {
  LoopFixture fixture;
  Host a{fixture.loop()};
  test::Recorder nobody;
  const auto again = UvNetwork::open(fixture.loop(), a.endpoint(), nobody);
  REQUIRE_FALSE(again);
  CHECK(again.error().code == ErrorCode::io);
  CHECK(again.error().detail == "cannot bind TCP " + to_string(a.endpoint()) +
                                    ": address already in use; stop whoever uses the port, or "
                                    "choose another");

  auto held = bind_sockets({"127.0.0.1", 0});
  REQUIRE(held);
  held->stream.close();
  const Endpoint half = to_endpoint(held->address);
  const auto udp = UvNetwork::open(fixture.loop(), half, nobody);
  REQUIRE_FALSE(udp);
  CHECK(udp.error().detail.find("bind UDP " + to_string(half)) != std::string::npos);
}

TEST_CASE("network: an address that cannot be bound is an error", "[network]") {
  LoopFixture fixture;
  test::Recorder nobody;
  const auto name = UvNetwork::open(fixture.loop(), {"example.org", 7946}, nobody);
  REQUIRE_FALSE(name);
  CHECK(name.error().code == ErrorCode::invalid_argument);
  const auto foreign = UvNetwork::open(fixture.loop(), {"192.0.2.1", 7946}, nobody);
  REQUIRE_FALSE(foreign);
  CHECK(foreign.error().code == ErrorCode::io);
  CHECK(foreign.error().detail.find("192.0.2.1:7946: address not available") != std::string::npos);
}

TEST_CASE("network: closing frees the port at once and everything in the end", "[network]") {
  LoopFixture fixture;
  Host a{fixture.loop()};
  const Endpoint endpoint = a.endpoint();
  {
    Host b{fixture.loop()};
    b.network->send_frame(a.endpoint(), pattern(10));
    REQUIRE(fixture.run_until([&] { return a.received.frames.size() == 1; }));
    a.network->send_frame(b.endpoint(), pattern(1000));
    b.network->send_frame(a.endpoint(), pattern(1000));
    a.network->close();
    a.network->close();
    a.network->send_datagram(b.endpoint(), pattern(1));
    a.network->send_frame(b.endpoint(), pattern(1));
    CHECK(a.network->poll_now() == 0);
    Host again{fixture.loop(), {}, endpoint};
    CHECK(again.endpoint() == endpoint);
  }
  CHECK(a.received.frames.size() == 1);
  CHECK(fixture.close());
}

TEST_CASE("network: the receiver may close it amid a batch", "[network]") {
  LoopFixture fixture;
  Host a{fixture.loop()};
  Host b{fixture.loop()};
  b.received.then = [&] { b.network->close(); };
  SECTION("of datagrams") {
    for (int i = 0; i < 20; ++i) a.network->send_datagram(b.endpoint(), pattern(20));
    REQUIRE(fixture.run_until([&] { return !b.received.datagrams.empty(); }));
    CHECK(b.received.datagrams.size() == 1);
  }
  SECTION("of frames") {
    for (int i = 0; i < 20; ++i) a.network->send_frame(b.endpoint(), pattern(20));
    REQUIRE(fixture.run_until([&] { return !b.received.frames.empty(); }));
    CHECK(b.received.frames.size() == 1);
  }
}

}  // namespace
}  // namespace gossamer
