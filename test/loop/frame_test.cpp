#include <catch2/catch.hpp>
#include <chrono>

#include "loop/network_fixture.hpp"
#include "transport/bound_sockets.hpp"

namespace gossamer {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using test::Host;
using test::LoopFixture;
using test::pattern;
using test::RawClient;

TEST_CASE("network: frames of every size arrive whole, in order, over one connection", "[frames]") {
  LoopFixture fixture;
  Host a{fixture.loop()};
  Host b{fixture.loop()};
  const std::size_t sizes[] = {1, 5, 1400, 5 * 1024 * 1024, 64 * 1024, 64 * 1024 - 4, 64 * 1024 - 3,
                               2};
  for (const std::size_t size : sizes) {
    a.network->send_frame(b.endpoint(), pattern(size));
    REQUIRE(fixture.run_until([&] { return !b.received.frames.empty(); }));
    CHECK(b.received.frames[0].bytes == pattern(size));
    CHECK(b.received.frames[0].from.address == "127.0.0.1");
    CHECK(b.received.frames[0].from != a.endpoint());
    b.received.frames.clear();
  }
  CHECK(b.network->counters().incoming_accepted == 1);
  CHECK(a.network->counters().frames_sent == std::size(sizes));
  CHECK(a.network->counters().frames_dropped_failed == 0);
}

TEST_CASE("network: many small frames at once keep their order", "[frames]") {
  LoopFixture fixture;
  Host a{fixture.loop()};
  Host b{fixture.loop()};
  std::size_t sent = 0;
  for (; sent < 250; ++sent) {
    a.network->send_frame(b.endpoint(), pattern(1 + sent * 7, static_cast<std::uint8_t>(sent)));
  }
  REQUIRE(fixture.run_until([&] { return b.received.frames.size() == sent; }));
  for (std::size_t i = 0; i < sent; ++i) {
    CHECK(b.received.frames[i].bytes == pattern(1 + i * 7, static_cast<std::uint8_t>(i)));
  }
}

TEST_CASE("network: frames that the kernel takes in parts arrive whole", "[frames]") {
  LoopFixture fixture;
  NetworkLimits limits;
  limits.queue_bytes_max = limits.queued_bytes_max;
  Host a{fixture.loop(), limits};
  Host b{fixture.loop()};
  const std::size_t sizes[] = {16'000'000, 5, 900'000, 17, 16'000'000};
  for (const std::size_t size : sizes) {
    a.network->send_frame(b.endpoint(), pattern(size, static_cast<std::uint8_t>(size)));
  }
  REQUIRE(fixture.run_until([&] { return b.received.frames.size() == std::size(sizes); }));
  for (std::size_t i = 0; i < std::size(sizes); ++i) {
    CHECK(b.received.frames[i].bytes == pattern(sizes[i], static_cast<std::uint8_t>(sizes[i])));
  }
}

TEST_CASE("network: the largest frame passes, and a larger one is not sent", "[frames]") {
  LoopFixture fixture;
  Host a{fixture.loop()};
  Host b{fixture.loop()};
  const std::size_t max = NetworkLimits{}.frame_bytes_max;
  a.network->send_frame(b.endpoint(), Bytes(max + 1));
  a.network->send_frame(b.endpoint(), Bytes{});
  CHECK(a.network->counters().frames_dropped_failed == 2);
  a.network->send_frame(b.endpoint(), pattern(max));
  REQUIRE(fixture.run_until([&] { return b.received.frames.size() == 1; }, seconds{30}));
  CHECK(b.received.frames[0].bytes == pattern(max));
}

TEST_CASE("network: frames to a port where nobody listens are dropped and counted", "[frames]") {
  LoopFixture fixture;
  Host a{fixture.loop()};
  Endpoint nobody;
  {
    Host gone{fixture.loop()};
    nobody = gone.endpoint();
  }
  a.network->send_frame(nobody, pattern(10));
  a.network->send_frame(nobody, pattern(10));
  REQUIRE(fixture.run_until([&] { return a.network->outgoing_connections() == 0; }));
  CHECK(a.network->counters().connects_failed >= 1);
  CHECK(a.network->counters().frames_dropped_failed == 2);
  a.network->send_frame({"nowhere", 1}, pattern(1));
  CHECK(a.network->counters().frames_dropped_failed == 3);
}

TEST_CASE("network: a peer that restarts on the same port is reached again", "[frames]") {
  LoopFixture fixture;
  Host a{fixture.loop()};
  Endpoint endpoint;
  {
    Host first{fixture.loop()};
    endpoint = first.endpoint();
    a.network->send_frame(endpoint, pattern(10));
    REQUIRE(fixture.run_until([&] { return first.received.frames.size() == 1; }));
  }
  Host second{fixture.loop(), {}, endpoint};
  // The end of the old connection is noticed without anything being sent.
  REQUIRE(fixture.run_until([&] { return a.network->outgoing_connections() == 0; }));
  a.network->send_frame(endpoint, pattern(11));
  CHECK(fixture.run_until([&] { return second.received.frames.size() == 1; }));
  CHECK(a.network->counters().frames_dropped_failed == 0);
}

TEST_CASE("network: a connection with nothing to send is closed", "[frames]") {
  LoopFixture fixture;
  NetworkLimits limits;
  limits.outgoing_idle_timeout = milliseconds{300};
  Host a{fixture.loop(), limits};
  Host b{fixture.loop()};
  a.network->send_frame(b.endpoint(), pattern(10));
  REQUIRE(fixture.run_until([&] { return b.received.frames.size() == 1; }));
  CHECK(a.network->outgoing_connections() == 1);
  CHECK(b.network->incoming_connections() == 1);
  REQUIRE(fixture.run_until([&] { return b.network->incoming_connections() == 0; }));
  CHECK(a.network->outgoing_connections() == 0);
  a.network->send_frame(b.endpoint(), pattern(10));
  CHECK(fixture.run_until([&] { return b.received.frames.size() == 2; }));
}

// Somebody who listens and never accepts, so that the kernel takes a little and then no more.
struct DeafPeer {
  DeafPeer() : sockets(bind_sockets({"127.0.0.1", 0})) { REQUIRE(sockets); }
  Endpoint endpoint() const { return to_endpoint(sockets->address); }
  Result<BoundSockets> sockets;
};

TEST_CASE("network: the queue for a peer that does not read is bounded, and given up", "[frames]") {
  LoopFixture fixture;
  NetworkLimits limits;
  limits.outgoing_idle_timeout = milliseconds{700};
  const bool is_by_bytes = GENERATE(true, false);
  if (!is_by_bytes) limits.queue_bytes_max = limits.queued_bytes_max;
  Host a{fixture.loop(), limits};
  DeafPeer deaf;
  if (is_by_bytes) {
    for (int i = 0; i < 40; ++i) {
      a.network->send_frame(deaf.endpoint(), Bytes(1024 * 1024));
      uv_run(fixture.uv(), UV_RUN_NOWAIT);
    }
  } else {
    a.network->send_frame(deaf.endpoint(), Bytes(16 * 1024 * 1024));
    for (int i = 0; i < 300; ++i) a.network->send_frame(deaf.endpoint(), Bytes(1));
  }
  const NetworkCounters counters = a.network->counters();
  CHECK(counters.frames_dropped_full > 20);
  CHECK(counters.frames_dropped_failed == 0);
  REQUIRE(fixture.run_until([&] { return a.network->outgoing_connections() == 0; }));
  CHECK(a.network->counters().frames_dropped_failed > 0);
}

TEST_CASE("network: all queues together are bounded", "[frames]") {
  LoopFixture fixture;
  NetworkLimits limits;
  limits.queued_bytes_max = 1000;
  Host a{fixture.loop(), limits};
  DeafPeer first;
  DeafPeer second;
  a.network->send_frame(first.endpoint(), Bytes(600));
  a.network->send_frame(second.endpoint(), Bytes(600));
  CHECK(a.network->counters().frames_dropped_full == 1);
  REQUIRE(fixture.run_until([&] { return a.network->counters().frames_sent == 1; }));
  a.network->send_frame(second.endpoint(), Bytes(600));
  CHECK(a.network->counters().frames_dropped_full == 1);
}

TEST_CASE("network: a new destination takes the place of the one unused for longest", "[frames]") {
  LoopFixture fixture;
  NetworkLimits limits;
  limits.destinations_max = 2;
  Host a{fixture.loop(), limits};
  Host b{fixture.loop()};
  Host c{fixture.loop()};
  Host d{fixture.loop()};
  a.network->send_frame(b.endpoint(), pattern(1));
  a.network->send_frame(c.endpoint(), pattern(1));
  a.network->send_frame(d.endpoint(), pattern(1));
  CHECK(a.network->counters().frames_dropped_full == 1);
  REQUIRE(fixture.run_until(
      [&] { return b.received.frames.size() == 1 && c.received.frames.size() == 1; }));
  a.network->send_frame(c.endpoint(), pattern(1));
  a.network->send_frame(d.endpoint(), pattern(1));
  REQUIRE(fixture.run_until([&] { return d.received.frames.size() == 1; }));
  CHECK(a.network->outgoing_connections() == 2);
  CHECK(fixture.run_until([&] { return b.network->incoming_connections() == 0; }));
  CHECK(c.network->incoming_connections() == 1);
}

TEST_CASE("network: a connect that is not answered is given up", "[frames]") {
  LoopFixture fixture;
  NetworkLimits limits;
  limits.connect_timeout = milliseconds{300};
  Host a{fixture.loop(), limits};
  // A full backlog leaves connects unanswered.
  FileDescriptor listener{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
  auto address = to_socket_address({"127.0.0.1", 0});
  REQUIRE(bind(listener.get(), address->get(), address->size) == 0);
  REQUIRE(listen(listener.get(), 0) == 0);
  REQUIRE(getsockname(listener.get(), address->get(), &address->size) == 0);
  const Endpoint full = to_endpoint(*address);
  const RawClient first{full};
  a.network->send_frame(full, pattern(1));
  // Some kernels let in one more than was asked for.
  if (fixture.run_until([&] { return a.network->counters().frames_sent == 1; },
                        milliseconds{200})) {
    WARN("the backlog was not full");
    return;
  }
  REQUIRE(fixture.run_until([&] { return a.network->outgoing_connections() == 0; }, seconds{5}));
  CHECK(a.network->counters().connects_failed == 1);
  CHECK(a.network->counters().frames_dropped_failed == 1);
}

TEST_CASE("network: whoever talks back on an outgoing connection loses it", "[frames]") {
  LoopFixture fixture;
  Host a{fixture.loop()};
  DeafPeer peer;
  a.network->send_frame(peer.endpoint(), pattern(5));
  REQUIRE(fixture.run_until([&] { return a.network->counters().frames_sent == 1; }));
  const FileDescriptor accepted{accept(peer.sockets->stream.get(), nullptr, nullptr)};
  REQUIRE(accepted.is_open());
  REQUIRE(send(accepted.get(), "HTTP/1.1 400", 12, MSG_NOSIGNAL) == 12);
  CHECK(fixture.run_until([&] { return a.network->outgoing_connections() == 0; }));
}

TEST_CASE("network: a stall of our own is not held against the connections", "[frames]") {
  LoopFixture fixture;
  NetworkLimits limits;
  limits.incoming_idle_timeout = milliseconds{800};
  limits.frame_timeout = milliseconds{800};
  Host b{fixture.loop(), limits};
  RawClient client{b.endpoint()};
  REQUIRE(fixture.run_until([&] { return b.network->incoming_connections() == 1; }));
  const Instant resumed = fixture.clock().now() + milliseconds{1500};
  while (fixture.clock().now() < resumed) continue;
  uv_run(fixture.uv(), UV_RUN_NOWAIT);
  uv_run(fixture.uv(), UV_RUN_NOWAIT);
  CHECK(b.network->incoming_connections() == 1);
  CHECK(fixture.run_until([&] { return b.network->incoming_connections() == 0; }));
}

}  // namespace
}  // namespace gossamer
