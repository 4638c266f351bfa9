// What routers and firewalls on the way say is not what the peer says. In a network namespace of
// its own, made without privileges; where that is not allowed, these tests say so and pass.
#include <sched.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <chrono>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "loop/network_fixture.hpp"
#include "loop/tun_peer.hpp"

namespace gossamer {
namespace {

using std::chrono::milliseconds;
using test::LoopFixture;
using test::Recorder;
using test::TunPeer;
using Answer = test::TunPeer::Answer;

constexpr int kNotAllowed = 77;
// Beside the wire, routes that are as good as a router's answers.
constexpr const char* kNetwork =
    "PATH=$PATH:/usr/sbin:/sbin; { ip link set lo up && ip addr add 10.1.0.1/32 dev lo && "
    "ip link set wire up && ip route add 10.2.0.0/24 dev wire src 10.1.0.1 && "
    "ip route add unreachable 10.3.0.0/24 && ip route add prohibit 10.4.0.0/24; } 2>/dev/null";

/// In the child of a fork: root there, and nobody here.
bool enter_own_network() {
  const std::string user = "0 " + std::to_string(geteuid()) + " 1";
  if (unshare(CLONE_NEWUSER | CLONE_NEWNET) != 0) return false;
  std::ofstream{"/proc/self/uid_map"} << user;
  return geteuid() == 0;
}

/// What `in_there` returns, run by a process in a network of its own: 10.1.0.1 is this machine, and
/// 10.2.0.0/24 at the other end of a wire.
int in_own_network(const std::function<int(TunPeer&)>& in_there) {
  const pid_t child = fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    TunPeer peer;
    if (!enter_own_network() || !peer.open() || std::system(kNetwork) != 0) _exit(kNotAllowed);
    _exit(in_there(peer));
  }
  int status = 0;
  REQUIRE(waitpid(child, &status, 0) == child);
  REQUIRE(WIFEXITED(status));
  if (WEXITSTATUS(status) == kNotAllowed) WARN("no network namespace can be made here");
  return WEXITSTATUS(status);
}

int number_of(LinkEvent event) {
  return static_cast<int>(event);
}

/// A node at 10.1.0.1.
struct Node {
  explicit Node(TunPeer& peer) : there(peer) {
    NetworkLimits limits;
    limits.link_connect_timeout = milliseconds{300};
    if (auto opened = UvNetwork::open(fixture.loop(), {"10.1.0.1", 0}, received, limits)) {
      network = std::move(*opened);
    }
  }
  /// The next that is heard; 99 if nothing is.
  int next() {
    const bool is_heard = fixture.run_until([this] {
      there.answer_all();
      return received.links.size() > told;
    });
    return is_heard ? number_of(received.links[told++].second) : 99;
  }
  int knocked(const char* address) {
    network->knock({address, 7946});
    return next();
  }

  TunPeer& there;
  LoopFixture fixture{};
  Recorder received{};
  std::unique_ptr<UvNetwork> network{};
  std::size_t told = 0;
};

TEST_CASE("links: no route, and a prohibited one, tell nothing of the peer", "[links]") {
  const char* const address = GENERATE("10.3.0.1", "10.4.0.1", "10.5.0.1");
  const int heard = in_own_network([&](TunPeer& peer) { return Node{peer}.knocked(address); });
  if (heard != kNotAllowed) CHECK(heard == number_of(LinkEvent::unknown));
}

TEST_CASE(
    "links: silence, an unreachable host and a firewall's prohibition tell nothing of the peer",
    "[links]") {
  const auto answer = GENERATE(Answer::nothing, Answer::host_unreachable, Answer::prohibited);
  const int heard = in_own_network([&](TunPeer& peer) {
    peer.set_answer(answer);
    return Node{peer}.knocked("10.2.0.1");
  });
  CAPTURE(answer);
  if (heard != kNotAllowed) CHECK(heard == number_of(LinkEvent::unknown));
}

TEST_CASE("links: a firewall that rejects as a closed port does cannot be told from one",
          "[links]") {
  const auto answer = GENERATE(Answer::reset, Answer::port_closed);
  const int heard = in_own_network([&](TunPeer& peer) {
    peer.set_answer(answer);
    return Node{peer}.knocked("10.2.0.1");
  });
  CAPTURE(answer);
  if (heard != kNotAllowed) CHECK(heard == number_of(LinkEvent::refused));
}

TEST_CASE("links: a reset from the way closes a link, and a knock then finds the peer", "[links]") {
  const int heard = in_own_network([](TunPeer& peer) {
    peer.set_answer(Answer::takes);
    Node node{peer};
    node.network->watch({"10.2.0.1", 7946});
    if (node.next() != number_of(LinkEvent::opened)) return 90;
    peer.forge_reset();
    if (node.next() != number_of(LinkEvent::closed)) return 91;
    return node.knocked("10.2.0.1");
  });
  if (heard != kNotAllowed) CHECK(heard == number_of(LinkEvent::opened));
}

}  // namespace
}  // namespace gossamer
