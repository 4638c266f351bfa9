#include "refusing_network.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstring>
#include <mutex>
#include <set>
#include <string>
#include <utility>

#include "give_up.hpp"

// Names that the linker's --wrap gives, as in bench/CMakeLists.txt.
extern "C" {
int __real_connect(int socket, const sockaddr* to, socklen_t size);
int __wrap_connect(int socket, const sockaddr* to, socklen_t size);
}

namespace gossamer::bench {
namespace {

using Destination = std::pair<in_addr_t, in_port_t>;  // As they stand in a sockaddr_in.

// One network for the process, as lossy_network.cpp has.
std::mutex mutex;
std::set<Destination> refused;
std::size_t refused_count = 0;

Destination destination_of(const sockaddr* to) {
  sockaddr_in address{};
  std::memcpy(&address, to, sizeof(address));
  return {address.sin_addr.s_addr, address.sin_port};
}

bool is_refused(const sockaddr* to, socklen_t size) {
  if (to == nullptr || size < sizeof(sockaddr_in) || to->sa_family != AF_INET) return false;
  const std::lock_guard lock{mutex};
  if (refused.count(destination_of(to)) == 0) return false;
  ++refused_count;
  return true;
}

// Bound, so that it is nobody else's, and never listened at.
sockaddr_in make_closed_port() {
  const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof(address);
  auto* const bytes = reinterpret_cast<sockaddr*>(&address);
  if (socket < 0 || bind(socket, bytes, size) != 0 || getsockname(socket, bytes, &size) != 0) {
    give_up(std::string{"bind a port that refuses: "} + std::strerror(errno));
  }
  return address;
}

}  // namespace

void refuse_connects(const Endpoint& to) {
  in_addr address{};
  if (inet_pton(AF_INET, to.address.c_str(), &address) != 1) {
    give_up("refuse connects to " + to_string(to) + ": it is no IPv4 address");
  }
  const std::lock_guard lock{mutex};
  refused.insert({address.s_addr, htons(to.port)});
}

std::size_t admit_connects() {
  const std::lock_guard lock{mutex};
  refused.clear();
  return std::exchange(refused_count, 0);
}

}  // namespace gossamer::bench

int __wrap_connect(int socket, const sockaddr* to, socklen_t size) {
  if (!gossamer::bench::is_refused(to, size)) return __real_connect(socket, to, size);
  static const sockaddr_in closed = gossamer::bench::make_closed_port();
  return __real_connect(socket, reinterpret_cast<const sockaddr*>(&closed), sizeof(closed));
}
