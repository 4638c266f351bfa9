#pragma once

#include <sys/socket.h>

#include <optional>
#include <string>

#include "gossamer/ids.hpp"

namespace gossamer {

/// An address as the system's calls take it.
struct SocketAddress {
  sockaddr_storage storage{};
  socklen_t size = sizeof(sockaddr_storage);

  const sockaddr* get() const noexcept { return reinterpret_cast<const sockaddr*>(&storage); }
  sockaddr* get() noexcept { return reinterpret_cast<sockaddr*>(&storage); }
  int family() const noexcept { return storage.ss_family; }
};

/// Nothing unless the address is numeric.
std::optional<SocketAddress> to_socket_address(const Endpoint& endpoint);
/// For a socket of `family`: an IPv4 address is mapped for an IPv6 socket. Nothing for an IPv6
/// address and an IPv4 socket.
std::optional<SocketAddress> to_socket_address(const Endpoint& endpoint, int family);

/// A mapped IPv4 address becomes plain IPv4, so that one peer has one spelling.
Endpoint to_endpoint(const SocketAddress& address);

/// Whose it is, where addresses are counted: of IPv6 the network of 64 bits, since who has one
/// address of it has all of them.
std::string counted_as(const SocketAddress& address);

/// `0.0.0.0` or `::`.
bool is_any_address(const SocketAddress& address);

}  // namespace gossamer
