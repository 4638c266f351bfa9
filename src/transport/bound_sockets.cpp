#include "transport/bound_sockets.hpp"

#include <fmt/format.h>
#include <netinet/in.h>
#include <uv.h>

#include <cerrno>
#include <string_view>
#include <utility>

namespace gossamer {
namespace {

// A port that the system picked for TCP can be taken for UDP; so often we ask for another.
constexpr int kPickPortTries = 32;
constexpr int kListenBacklog = 256;

std::string_view advice(int error) {
  switch (error) {
    case EADDRINUSE: return "; stop whoever uses the port, or choose another";
    case EADDRNOTAVAIL: return "; use an address of this machine";
    case EACCES: return "; ports below 1024 are for privileged processes";
    default: return "";
  }
}

tl::unexpected<Error> cannot(std::string_view what, const Endpoint& endpoint, int error) {
  return fail(ErrorCode::io, fmt::format("cannot {} {}: {}{}", what, to_string(endpoint),
                                         uv_strerror(-error), advice(error)));
}

bool set_option(int socket, int level, int option, int value) {
  return setsockopt(socket, level, option, &value, sizeof(value)) == 0;
}

Result<FileDescriptor> bind_socket(int type, const SocketAddress& address,
                                   const Endpoint& endpoint) {
  const bool is_stream = type == SOCK_STREAM;
  const std::string_view what = is_stream ? "bind TCP" : "bind UDP";
  FileDescriptor socket{::socket(address.family(), type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)};
  if (!socket.is_open()) return cannot(what, endpoint, errno);
  // Not for UDP, where it would let two processes share a port.
  if (is_stream) set_option(socket.get(), SOL_SOCKET, SO_REUSEADDR, 1);
  // `::` is for both families, whatever the machine's default.
  if (address.family() == AF_INET6) set_option(socket.get(), IPPROTO_IPV6, IPV6_V6ONLY, 0);
  if (bind(socket.get(), address.get(), address.size) != 0) return cannot(what, endpoint, errno);
  if (is_stream && listen(socket.get(), kListenBacklog) != 0) {
    return cannot("listen on TCP", endpoint, errno);
  }
  return socket;
}

Result<BoundStream> bind_stream_at(const SocketAddress& address, const Endpoint& endpoint) {
  Result<FileDescriptor> stream = bind_socket(SOCK_STREAM, address, endpoint);
  if (!stream) return tl::unexpected(stream.error());
  BoundStream bound{std::move(*stream), {}};
  if (getsockname(bound.stream.get(), bound.address.get(), &bound.address.size) != 0) {
    return cannot("read the port of", endpoint, errno);
  }
  return bound;
}

Result<SocketAddress> numeric_address(const Endpoint& endpoint) {
  if (std::optional<SocketAddress> address = to_socket_address(endpoint)) return *address;
  return fail(ErrorCode::invalid_argument,
              fmt::format("cannot bind '{}': the address must be numeric, as in 127.0.0.1 or ::",
                          endpoint.address.substr(0, 64)));
}

}  // namespace

Result<BoundStream> bind_stream(const Endpoint& endpoint) {
  const Result<SocketAddress> address = numeric_address(endpoint);
  if (!address) return tl::unexpected(address.error());
  return bind_stream_at(*address, endpoint);
}

Result<BoundSockets> bind_sockets(const Endpoint& endpoint) {
  const Result<SocketAddress> address = numeric_address(endpoint);
  if (!address) return tl::unexpected(address.error());
  for (int tried = 1;; ++tried) {
    Result<BoundStream> stream = bind_stream_at(*address, endpoint);
    if (!stream) return tl::unexpected(stream.error());
    BoundSockets sockets{{}, std::move(stream->stream), stream->address};
    Result<FileDescriptor> datagram =
        bind_socket(SOCK_DGRAM, sockets.address, to_endpoint(sockets.address));
    if (datagram) {
      sockets.datagram = std::move(*datagram);
      return sockets;
    }
    if (endpoint.port != 0 || tried == kPickPortTries) return tl::unexpected(datagram.error());
  }
}

}  // namespace gossamer
