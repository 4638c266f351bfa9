#include "own_connections.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <string>
#include <vector>

#include "give_up.hpp"

namespace gossamer::bench {
namespace {

std::vector<int> own_descriptors() {
  std::vector<int> descriptors;
  std::error_code failed;
  for (const auto& entry : std::filesystem::directory_iterator{"/proc/self/fd", failed}) {
    const std::string name = entry.path().filename().string();
    int descriptor = -1;
    std::from_chars(name.data(), name.data() + name.size(), descriptor);
    descriptors.push_back(descriptor);
  }
  if (failed) give_up("list /proc/self/fd: " + failed.message());
  return descriptors;
}

// Where a TCP connection over IPv4 leads. Empty for anything else that a descriptor can be.
std::optional<Endpoint> far_end(int descriptor) {
  int type = 0;
  socklen_t size = sizeof(type);
  if (getsockopt(descriptor, SOL_SOCKET, SO_TYPE, &type, &size) != 0) return std::nullopt;
  sockaddr_in peer{};
  size = sizeof(peer);
  if (type != SOCK_STREAM ||
      getpeername(descriptor, reinterpret_cast<sockaddr*>(&peer), &size) != 0 ||
      peer.sin_family != AF_INET) {
    return std::nullopt;
  }
  char text[INET_ADDRSTRLEN]{};
  inet_ntop(AF_INET, &peer.sin_addr, text, sizeof(text));
  return Endpoint{text, ntohs(peer.sin_port)};
}

}  // namespace

std::size_t count_own_connections(const Endpoint& to) {
  const std::vector<int> all = own_descriptors();
  return static_cast<std::size_t>(
      std::count_if(all.begin(), all.end(), [&](int one) { return far_end(one) == to; }));
}

std::size_t reset_own_connections(const std::optional<Endpoint>& to) {
  std::size_t count = 0;
  for (const int descriptor : own_descriptors()) {
    const std::optional<Endpoint> peer = far_end(descriptor);
    if (!peer || (to && *peer != *to)) continue;
    // The kernel sends a reset, and this end reads ECONNRESET.
    sockaddr nowhere{};
    nowhere.sa_family = AF_UNSPEC;
    if (connect(descriptor, &nowhere, sizeof(nowhere)) == 0) ++count;
  }
  return count;
}

}  // namespace gossamer::bench
