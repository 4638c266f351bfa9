// Who may be silent at a node's port for as long as he likes, and who may not.
#include <catch2/catch.hpp>
#include <chrono>
#include <deque>
#include <string>

#include "loop/network_fixture.hpp"
#include "transport/frame_reader.hpp"

namespace gossamer {
namespace {

using std::chrono::milliseconds;
using test::Host;
using test::LoopFixture;
using test::pattern;
using test::RawClient;

NetworkLimits hasty() {
  NetworkLimits limits;
  limits.frame_timeout = milliseconds{300};
  return limits;
}

std::string address_of(int number) {
  return "127.0.0." + std::to_string(number);
}

/// A node that has sent to 127.0.0.1 and 127.0.0.2, and to no other address.
struct Node {
  explicit Node(const NetworkLimits& limits = hasty()) : host(fixture.loop(), limits) {
    host.network->send_datagram({address_of(1), 1}, pattern(1));
    host.network->send_datagram({address_of(2), 1}, pattern(1));
  }
  bool has_links(std::size_t count) {
    return fixture.run_until([&] { return host.network->incoming_links() == count; });
  }
  bool shows_out(RawClient& client) {
    return fixture.run_until([&] { return client.is_closed_by_peer(); });
  }
  NetworkCounters counters() const { return host.network->counters(); }
  const Endpoint& endpoint() const { return host.endpoint(); }

  LoopFixture fixture{};
  Host host;
};

TEST_CASE("incoming links: a silent peer stays, and a silent stranger is shown out", "[links]") {
  Node node;
  RawClient peer{node.endpoint(), address_of(1)};
  RawClient stranger{node.endpoint(), address_of(9)};
  REQUIRE(node.shows_out(stranger));
  REQUIRE(node.has_links(1));
  CHECK_FALSE(peer.is_closed_by_peer());
  CHECK(node.counters().incoming_timed_out == 1);
  CHECK(node.host.network->incoming_connections() == 1);
}

TEST_CASE("incoming links: who becomes a peer while he is silent stays", "[links]") {
  Node node;
  RawClient peer{node.endpoint(), address_of(3)};
  REQUIRE(node.fixture.run_until([&] { return node.counters().incoming_accepted == 1; }));
  node.host.network->send_datagram({address_of(3), 1}, pattern(1));
  REQUIRE(node.has_links(1));
  CHECK_FALSE(peer.is_closed_by_peer());
}

TEST_CASE("incoming links: who has spoken or begun to is no link, and ends as ever", "[links]") {
  NetworkLimits limits = hasty();
  limits.incoming_idle_timeout = milliseconds{300};
  limits.frame_bytes_per_second_min = 1'000'000;
  Node node{limits};
  RawClient idle{node.endpoint(), address_of(1)};
  RawClient slow{node.endpoint(), address_of(1)};
  const auto length = encode_frame_length(4);
  REQUIRE(idle.send(length));
  REQUIRE(idle.send(pattern(4)));
  REQUIRE(slow.send(ByteView{length}.first(2)));
  REQUIRE(node.shows_out(idle));
  REQUIRE(node.shows_out(slow));
  CHECK(node.counters().incoming_links == 0);
}

TEST_CASE("incoming links: a link that speaks after all is ended", "[links]") {
  Node node;
  RawClient peer{node.endpoint(), address_of(1)};
  REQUIRE(node.has_links(1));
  REQUIRE(peer.send(encode_frame_length(1)));
  REQUIRE(node.shows_out(peer));
  CHECK(node.has_links(0));
  CHECK(node.host.received.frames.empty());
}

TEST_CASE("incoming links: a link that its peer ends frees its place", "[links]") {
  NetworkLimits limits = hasty();
  limits.incoming_links_max = 1;
  Node node{limits};
  RawClient first{node.endpoint(), address_of(1)};
  REQUIRE(node.has_links(1));
  first.close();
  REQUIRE(node.has_links(0));
  RawClient second{node.endpoint(), address_of(2)};
  REQUIRE(node.has_links(1));
  CHECK_FALSE(second.is_closed_by_peer());
}

TEST_CASE("incoming links: one address has only so many, and leaves the others theirs", "[links]") {
  NetworkLimits limits = hasty();
  limits.incoming_links_max = 3;
  limits.incoming_links_per_address_max = 2;
  Node node{limits};
  std::deque<RawClient> greedy;
  for (int i = 0; i < 5; ++i) greedy.emplace_back(node.endpoint(), address_of(1));
  REQUIRE(node.fixture.run_until([&] { return node.counters().incoming_timed_out == 3; }));
  CHECK(node.host.network->incoming_links() == 2);
  RawClient other{node.endpoint(), address_of(2)};
  REQUIRE(node.has_links(3));
  // And so many are all.
  RawClient late{node.endpoint(), address_of(2)};
  REQUIRE(node.shows_out(late));
  CHECK_FALSE(other.is_closed_by_peer());
  CHECK(node.host.network->incoming_links() == 3);
}

TEST_CASE("incoming links: a crowd takes no link's place, and links take none of theirs",
          "[links]") {
  NetworkLimits limits = hasty();
  limits.incoming_max = 4;
  limits.incoming_strangers_max = 4;
  limits.incoming_per_address_max = 2;
  Node node{limits};
  RawClient first{node.endpoint(), address_of(1)};
  RawClient second{node.endpoint(), address_of(1)};
  REQUIRE(node.has_links(2));
  std::deque<RawClient> crowd;
  for (int i = 0; i < 40; ++i) crowd.emplace_back(node.endpoint(), address_of(1 + i % 20));
  REQUIRE(node.fixture.run_until([&] { return node.counters().incoming_accepted == 42; }));
  CHECK(node.counters().incoming_evicted == 36);
  CHECK(node.host.network->incoming_connections() == 6);
  CHECK_FALSE(first.is_closed_by_peer());
  CHECK_FALSE(second.is_closed_by_peer());
  // Another of theirs still gets a frame through.
  RawClient speaker{node.endpoint(), address_of(1)};
  REQUIRE(speaker.send(encode_frame_length(1)));
  REQUIRE(speaker.send(pattern(1)));
  REQUIRE(node.fixture.run_until([&] { return node.host.received.frames.size() == 1; }));
}

TEST_CASE("incoming links: who was shown out finds, when he knocks, that somebody listens",
          "[links]") {
  Node node;
  // It leaves from an address that the node has not sent to.
  Host watcher{node.fixture.loop(), {}, {address_of(9), 0}};
  watcher.network->watch(node.endpoint());
  auto& heard = watcher.received.links;
  REQUIRE(node.fixture.run_until([&] { return heard.size() == 2; }));
  CHECK(heard[0].second == LinkEvent::opened);
  CHECK(heard[1].second == LinkEvent::closed);
  watcher.network->knock(node.endpoint());
  REQUIRE(node.fixture.run_until([&] { return heard.size() == 3; }));
  CHECK(heard[2].second == LinkEvent::opened);
}

}  // namespace
}  // namespace gossamer
