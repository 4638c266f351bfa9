// What becomes of a peer's process, as its machine's kernel tells it to who watches or knocks.
#include <fcntl.h>
#include <sys/resource.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <chrono>
#include <deque>
#include <map>
#include <memory>
#include <utility>
#include <vector>

#include "loop/network_fixture.hpp"
#include "loop/plain_listener.hpp"
#include "transport/outgoing_socket.hpp"

namespace gossamer {
namespace {

using std::chrono::milliseconds;
using test::Host;
using test::ListeningProcess;
using test::LoopFixture;
using test::PlainListener;
using Heard = std::vector<std::pair<Endpoint, LinkEvent>>;

NetworkLimits impatient() {
  NetworkLimits limits;
  limits.link_connect_timeout = milliseconds{200};
  return limits;
}

/// A node that watches and knocks, and what it hears.
struct Watcher {
  explicit Watcher(const NetworkLimits& limits = {}) : host(fixture.loop(), limits) {}

  UvNetwork& network() { return *host.network; }
  Heard& heard() { return host.received.links; }
  /// The next that it hears, of whomever.
  LinkEvent next() {
    REQUIRE(fixture.run_until([this] { return heard().size() > told; }));
    return heard()[told++].second;
  }
  LinkEvent watched(const Endpoint& peer) {
    network().watch(peer);
    return next();
  }
  LinkEvent knocked(const Endpoint& peer) {
    network().knock(peer);
    return next();
  }
  bool is_silent_for(Duration duration) {
    return !fixture.run_until([this] { return heard().size() > told; }, duration);
  }

  LoopFixture fixture{};
  Host host;
  std::size_t told = 0;
};

/// A port of loopback that nobody listens on now.
Endpoint deserted() {
  PlainListener listener;
  listener.close();
  return listener.endpoint();
}

void reset(FileDescriptor connection) {
  const linger at_once{1, 0};
  REQUIRE(setsockopt(connection.get(), SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once)) == 0);
  connection.close();
}

TEST_CASE("links: who is killed while being watched closes the link, and then refuses", "[links]") {
  Watcher watcher;
  ListeningProcess peer;
  CHECK(watcher.watched(peer.endpoint()) == LinkEvent::opened);
  CHECK(watcher.heard()[0].first == peer.endpoint());
  peer.kill();
  CHECK(watcher.next() == LinkEvent::closed);
  CHECK(watcher.network().outgoing_links() == 0);
  CHECK(watcher.knocked(peer.endpoint()) == LinkEvent::refused);
  CHECK(watcher.watched(peer.endpoint()) == LinkEvent::refused);
}

TEST_CASE("links: who is stopped keeps the link and answers a knock, for his kernel does",
          "[links]") {
  Watcher watcher;
  ListeningProcess peer;
  CHECK(watcher.watched(peer.endpoint()) == LinkEvent::opened);
  peer.stop();
  CHECK(watcher.knocked(peer.endpoint()) == LinkEvent::opened);
  CHECK(watcher.is_silent_for(milliseconds{50}));
  CHECK(watcher.network().outgoing_links() == 1);
}

TEST_CASE("links: a node that closes ends the links to it", "[links]") {
  Watcher watcher;
  Host peer{watcher.fixture.loop()};
  CHECK(watcher.watched(peer.endpoint()) == LinkEvent::opened);
  REQUIRE(watcher.fixture.run_until([&] { return peer.network->incoming_connections() == 1; }));
  peer.network->close();
  CHECK(watcher.next() == LinkEvent::closed);
  CHECK(watcher.knocked(peer.endpoint()) == LinkEvent::refused);
}

TEST_CASE("links: who is back on his port at once has closed the link, and a knock finds him",
          "[links]") {
  Watcher watcher;
  auto peer = std::make_unique<PlainListener>();
  const Endpoint at = peer->endpoint();
  CHECK(watcher.watched(at) == LinkEvent::opened);
  FileDescriptor link = peer->accept();
  peer->close();
  link.close();
  peer = std::make_unique<PlainListener>(8, at);
  CHECK(watcher.next() == LinkEvent::closed);
  CHECK(watcher.knocked(at) == LinkEvent::opened);
  CHECK(watcher.watched(at) == LinkEvent::opened);
}

TEST_CASE("links: a reset closes the link, whoever sent it", "[links]") {
  Watcher watcher;
  PlainListener peer;
  CHECK(watcher.watched(peer.endpoint()) == LinkEvent::opened);
  reset(peer.accept());
  CHECK(watcher.next() == LinkEvent::closed);
  CHECK(watcher.knocked(peer.endpoint()) == LinkEvent::opened);
}

TEST_CASE("links: a full backlog is no refusal", "[links]") {
  Watcher watcher{impatient()};
  PlainListener peer{0};
  const auto to = to_socket_address(peer.endpoint());
  std::deque<FileDescriptor> crowd;
  for (int i = 0; i < 4; ++i) {
    OutgoingSocket outgoing = start_connecting(*to, {});
    REQUIRE(outgoing.error == 0);
    crowd.push_back(std::move(outgoing.descriptor));
  }
  CHECK(watcher.knocked(peer.endpoint()) == LinkEvent::unknown);
  CHECK(watcher.watched(peer.endpoint()) == LinkEvent::unknown);
  CHECK(watcher.network().outgoing_links() == 0);
}

TEST_CASE("links: nothing is told inside a call, and what is asked again there waits its turn",
          "[links]") {
  Watcher watcher;
  const Endpoint nobody = deserted();
  bool is_inside = true;
  bool was_told_inside = false;
  watcher.host.received.then = [&] {
    was_told_inside = was_told_inside || is_inside;
    is_inside = true;
    if (watcher.heard().size() < 100) watcher.network().watch(nobody);
    if (watcher.heard().size() < 100) watcher.network().knock(nobody);
    is_inside = false;
  };
  watcher.network().watch(nobody);
  watcher.network().watch({"not an address", 1});
  is_inside = false;
  std::size_t most_in_a_turn = 0;
  std::size_t before = 0;
  REQUIRE(watcher.fixture.run_until([&] {
    most_in_a_turn = std::max(most_in_a_turn, watcher.heard().size() - before);
    before = watcher.heard().size();
    return before >= 100;
  }));
  CHECK_FALSE(was_told_inside);
  CHECK(most_in_a_turn <= 6);
  watcher.host.received.then = nullptr;
}

TEST_CASE("links: who is watched already is watched once, and a knock is answered once",
          "[links]") {
  Watcher watcher;
  Host peer{watcher.fixture.loop()};
  for (int i = 0; i < 3; ++i) watcher.network().watch(peer.endpoint());
  CHECK(watcher.next() == LinkEvent::opened);
  watcher.network().watch(peer.endpoint());
  for (int i = 0; i < 3; ++i) watcher.network().knock(peer.endpoint());
  CHECK(watcher.next() == LinkEvent::opened);
  CHECK(watcher.is_silent_for(milliseconds{50}));
  CHECK(peer.network->counters().incoming_accepted == 2);
  CHECK(watcher.network().counters().links_opened == 1);
  CHECK(watcher.network().counters().knocks == 1);
}

TEST_CASE("links: an ended watch is silent, and lets go", "[links]") {
  Watcher watcher;
  PlainListener peer;
  const auto how = GENERATE(0, 1, 2);
  if (how == 0) {
    // While it stands.
    REQUIRE(watcher.watched(peer.endpoint()) == LinkEvent::opened);
    watcher.network().unwatch(peer.endpoint());
    const FileDescriptor link = peer.accept();
    char byte = 0;
    CHECK(recv(link.get(), &byte, 1, 0) == 0);
  } else if (how == 1) {
    // While it connects.
    watcher.network().watch(peer.endpoint());
    watcher.network().unwatch(peer.endpoint());
  } else {
    // While its answer waits to be told.
    watcher.network().watch({"not an address", 1});
    watcher.network().unwatch({"not an address", 1});
  }
  CHECK(watcher.network().outgoing_links() == 0);
  CHECK(watcher.is_silent_for(milliseconds{50}));
  watcher.network().unwatch(peer.endpoint());
  CHECK(watcher.watched(peer.endpoint()) == LinkEvent::opened);
}

TEST_CASE("links: somebody who talks there is nobody's peer, and tells nothing", "[links]") {
  Watcher watcher;
  PlainListener peer;
  REQUIRE(watcher.watched(peer.endpoint()) == LinkEvent::opened);
  const FileDescriptor link = peer.accept();
  REQUIRE(::send(link.get(), "220 ready\r\n", 11, MSG_NOSIGNAL) == 11);
  CHECK(watcher.next() == LinkEvent::unknown);
}

TEST_CASE("links: one more than may be is unknown, and harms none of the others", "[links]") {
  NetworkLimits limits;
  limits.watches_max = 2;
  limits.knocks_max = 2;
  Watcher watcher{limits};
  std::deque<PlainListener> peers;
  for (int i = 0; i < 3; ++i) peers.emplace_back();
  const auto asked = GENERATE(&Network::watch, &Network::knock);
  for (const PlainListener& peer : peers) (watcher.network().*asked)(peer.endpoint());
  std::map<Endpoint, LinkEvent> heard;
  for (int i = 0; i < 3; ++i) watcher.next();
  for (const auto& [peer, event] : watcher.heard()) heard[peer] = event;
  CHECK(heard[peers[0].endpoint()] == LinkEvent::opened);
  CHECK(heard[peers[1].endpoint()] == LinkEvent::opened);
  CHECK(heard[peers[2].endpoint()] == LinkEvent::unknown);
}

TEST_CASE("links: nobody is asked who is outside the ranges of peers", "[links]") {
  NetworkLimits limits;
  limits.peers = *AddressRanges::parse({"10.0.0.0/8"});
  Watcher watcher{limits};
  CHECK(watcher.knocked(deserted()) == LinkEvent::unknown);
  CHECK(watcher.watched(deserted()) == LinkEvent::unknown);
  CHECK(watcher.network().counters().knocks == 0);
}

TEST_CASE("links: the receiver may close the network when it is told", "[links]") {
  Watcher watcher;
  ListeningProcess peer;
  const auto at = GENERATE(1U, 2U);
  watcher.host.received.then = [&] {
    if (watcher.heard().size() == at) watcher.network().close();
  };
  watcher.network().watch(peer.endpoint());
  if (at == 2) watcher.network().knock({"not an address", 1});
  watcher.network().knock(peer.endpoint());
  REQUIRE(watcher.fixture.run_until([&] { return watcher.heard().size() == at; }));
  CHECK(watcher.network().outgoing_links() == 0);
  watcher.network().watch(peer.endpoint());
  watcher.network().knock(peer.endpoint());
  CHECK(watcher.heard().size() == at);
}

TEST_CASE("links: while one stands, no timer runs on either side", "[links]") {
  NetworkLimits limits;
  limits.frame_timeout = milliseconds{100};
  Watcher watcher;
  Host peer{watcher.fixture.loop(), limits};
  // It has sent to the watcher, so that this is its peer.
  peer.network->send_datagram(watcher.host.endpoint(), test::pattern(1));
  REQUIRE(watcher.watched(peer.endpoint()) == LinkEvent::opened);
  REQUIRE(watcher.fixture.run_until([&] { return peer.network->incoming_links() == 1; }));
  // The sweeps look once more, and see that there is nothing to look at.
  CHECK(watcher.is_silent_for(milliseconds{1500}));
  // -1: until something happens.
  for (int i = 0; i < 3; ++i) uv_run(watcher.fixture.uv(), UV_RUN_NOWAIT);
  CHECK(uv_backend_timeout(watcher.fixture.uv()) == -1);
}

TEST_CASE("links: a port that TCP connects to itself is a port that nobody listens on", "[links]") {
  const FileDescriptor socket{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
  const auto any = to_socket_address({"127.0.0.1", 0});
  REQUIRE(bind(socket.get(), any->get(), any->size) == 0);
  SocketAddress self;
  REQUIRE(getsockname(socket.get(), self.get(), &self.size) == 0);
  REQUIRE(connect(socket.get(), self.get(), self.size) == 0);
  CHECK(connect_error(socket.get()) == ECONNREFUSED);
}

// As in frame_abuse_test.cpp.
#ifndef __SANITIZE_ADDRESS__
TEST_CASE("links: out of descriptors, nothing is known of anybody", "[links]") {
  Watcher watcher;
  ListeningProcess peer;
  const Endpoint nobody = deserted();
  REQUIRE(watcher.watched(peer.endpoint()) == LinkEvent::opened);
  rlimit before{};
  REQUIRE(getrlimit(RLIMIT_NOFILE, &before) == 0);
  rlimit few = before;
  few.rlim_cur = 64;
  REQUIRE(setrlimit(RLIMIT_NOFILE, &few) == 0);
  std::vector<FileDescriptor> hoard;
  do {
    hoard.emplace_back(open("/dev/null", O_RDONLY | O_CLOEXEC));
  } while (hoard.back().is_open());
  CHECK(watcher.knocked(nobody) == LinkEvent::unknown);
  CHECK(watcher.watched(nobody) == LinkEvent::unknown);
  peer.kill();
  CHECK(watcher.next() == LinkEvent::closed);
  hoard.clear();
  REQUIRE(setrlimit(RLIMIT_NOFILE, &before) == 0);
  CHECK(watcher.knocked(nobody) == LinkEvent::refused);
}
#endif

}  // namespace
}  // namespace gossamer
