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
#include <optional>
#include <string>

#include "loop/network_fixture.hpp"

namespace gossamer {
namespace {

using std::chrono::milliseconds;
using test::LoopFixture;
using test::Recorder;

constexpr int kNotAllowed = 77;

/// In the child of a fork: root there, and nobody here.
bool enter_own_network() {
  const std::string user = "0 " + std::to_string(geteuid()) + " 1";
  if (unshare(CLONE_NEWUSER | CLONE_NEWNET) != 0) return false;
  std::ofstream{"/proc/self/uid_map"} << user;
  return geteuid() == 0;
}

/// What `in_there` returns, run by a process in a network of its own that `commands` have set up.
int in_own_network(const char* commands, const std::function<int()>& in_there) {
  const pid_t child = fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (!enter_own_network()) _exit(kNotAllowed);
    if (std::system(commands) != 0) _exit(kNotAllowed);
    _exit(in_there());
  }
  int status = 0;
  REQUIRE(waitpid(child, &status, 0) == child);
  REQUIRE(WIFEXITED(status));
  return WEXITSTATUS(status);
}

/// The first that is heard of a knock from 10.1.0.1; nothing if it is never answered.
std::optional<LinkEvent> knock_at(const Endpoint& peer) {
  LoopFixture fixture;
  Recorder received;
  NetworkLimits limits;
  limits.link_connect_timeout = milliseconds{300};
  auto network = UvNetwork::open(fixture.loop(), {"10.1.0.1", 0}, received, limits);
  if (!network) return std::nullopt;
  (*network)->knock(peer);
  if (!fixture.run_until([&] { return !received.links.empty(); })) return std::nullopt;
  return received.links.front().second;
}

// A wire with nothing at its end, and routes that are as good as a router's answers.
constexpr const char* kNetwork =
    "PATH=$PATH:/usr/sbin:/sbin; { ip link set lo up && ip addr add 10.1.0.1/32 dev lo && "
    "ip tuntap add wire mode tun && ip link set wire up && ip route add 10.2.0.0/24 dev wire && "
    "ip route add unreachable 10.3.0.0/24 && ip route add prohibit 10.4.0.0/24; } 2>/dev/null";

TEST_CASE("links: no route, a router's no and silence tell nothing of the peer", "[links]") {
  const char* const peer = GENERATE("10.2.0.1", "10.3.0.1", "10.4.0.1", "10.5.0.1");
  const int heard = in_own_network(kNetwork, [peer] {
    const std::optional<LinkEvent> event = knock_at({peer, 1});
    return event ? static_cast<int>(*event) : 99;
  });
  if (heard == kNotAllowed) {
    WARN("no network namespace can be made here");
    return;
  }
  CAPTURE(peer);
  CHECK(heard == static_cast<int>(LinkEvent::unknown));
}

TEST_CASE("links: in a network of its own too, a port that nobody listens on refuses", "[links]") {
  const int heard = in_own_network(kNetwork, [] {
    const std::optional<LinkEvent> event = knock_at({"10.1.0.1", 1});
    return event ? static_cast<int>(*event) : 99;
  });
  if (heard != kNotAllowed) CHECK(heard == static_cast<int>(LinkEvent::refused));
}

}  // namespace
}  // namespace gossamer
