#include "transport/outgoing_socket.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>

#include <cerrno>
#include <optional>
#include <utility>

namespace gossamer {

OutgoingSocket start_connecting(const SocketAddress& to, const SocketAddress& local) {
  FileDescriptor descriptor{::socket(to.family(), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)};
  if (!descriptor.is_open()) return {{}, errno};
  const int on = 1;
  setsockopt(descriptor.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
  if (local.family() == to.family() && !is_any_address(local)) {
    // The port is chosen when connecting.
    setsockopt(descriptor.get(), IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof(on));
    const std::optional<SocketAddress> from =
        to_socket_address({to_endpoint(local).address, 0}, to.family());
    if (from && bind(descriptor.get(), from->get(), from->size) != 0) return {{}, errno};
  }
  if (::connect(descriptor.get(), to.get(), to.size) != 0 && errno != EINPROGRESS) {
    return {{}, errno};
  }
  return {std::move(descriptor), 0};
}

int connect_error(int descriptor) {
  int error = 0;
  socklen_t size = sizeof(error);
  if (getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &error, &size) != 0) return errno;
  if (error != 0) return error;
  SocketAddress self;
  SocketAddress peer;
  if (getsockname(descriptor, self.get(), &self.size) != 0) return errno;
  if (getpeername(descriptor, peer.get(), &peer.size) != 0) return errno;
  return to_endpoint(self) == to_endpoint(peer) ? ECONNREFUSED : 0;
}

}  // namespace gossamer
