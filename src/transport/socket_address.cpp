#include "transport/socket_address.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <charconv>
#include <cstdint>
#include <cstring>
#include <iterator>

namespace gossamer {
namespace {

// In and out by memcpy: a sockaddr_storage is not a sockaddr_in, whatever C programs do.
template <class Address>
SocketAddress wrap(const Address& address) {
  SocketAddress wrapped;
  std::memcpy(&wrapped.storage, &address, sizeof(address));
  wrapped.size = sizeof(address);
  return wrapped;
}

template <class Address>
Address unwrap(const SocketAddress& wrapped) {
  Address address;
  std::memcpy(&address, &wrapped.storage, sizeof(address));
  return address;
}

SocketAddress map_to_v6(const SocketAddress& v4) {
  const auto from = unwrap<sockaddr_in>(v4);
  sockaddr_in6 to{};
  to.sin6_family = AF_INET6;
  to.sin6_port = from.sin_port;
  to.sin6_addr.s6_addr[10] = 0xff;
  to.sin6_addr.s6_addr[11] = 0xff;
  std::memcpy(&to.sin6_addr.s6_addr[12], &from.sin_addr, 4);
  return wrap(to);
}

// inet_ntop prints by a format, which costs more than the rest of what is done with a datagram's
// address.
std::string v4_text(const void* address) {
  std::uint8_t bytes[4];
  std::memcpy(bytes, address, sizeof(bytes));
  char text[INET_ADDRSTRLEN];
  char* at = text;
  for (std::size_t i = 0; i < 4; ++i) {
    if (i > 0) *at++ = '.';
    at = std::to_chars(at, std::end(text), bytes[i]).ptr;
  }
  return {text, at};
}

}  // namespace

std::optional<SocketAddress> to_socket_address(const Endpoint& endpoint) {
  sockaddr_in v4{};
  if (inet_pton(AF_INET, endpoint.address.c_str(), &v4.sin_addr) == 1) {
    v4.sin_family = AF_INET;
    v4.sin_port = htons(endpoint.port);
    return wrap(v4);
  }
  sockaddr_in6 v6{};
  if (inet_pton(AF_INET6, endpoint.address.c_str(), &v6.sin6_addr) == 1) {
    v6.sin6_family = AF_INET6;
    v6.sin6_port = htons(endpoint.port);
    return wrap(v6);
  }
  return std::nullopt;
}

std::optional<SocketAddress> to_socket_address(const Endpoint& endpoint, int family) {
  std::optional<SocketAddress> address = to_socket_address(endpoint);
  if (!address || address->family() == family) return address;
  if (family == AF_INET6) return map_to_v6(*address);
  return std::nullopt;
}

Endpoint to_endpoint(const SocketAddress& address) {
  if (address.family() == AF_INET) {
    const auto v4 = unwrap<sockaddr_in>(address);
    return {v4_text(&v4.sin_addr), ntohs(v4.sin_port)};
  }
  const auto v6 = unwrap<sockaddr_in6>(address);
  if (IN6_IS_ADDR_V4MAPPED(&v6.sin6_addr)) {
    return {v4_text(&v6.sin6_addr.s6_addr[12]), ntohs(v6.sin6_port)};
  }
  char text[INET6_ADDRSTRLEN] = "";
  inet_ntop(AF_INET6, &v6.sin6_addr, text, sizeof(text));
  return {text, ntohs(v6.sin6_port)};
}

std::string counted_as(const SocketAddress& address) {
  if (address.family() == AF_INET6) {
    auto v6 = unwrap<sockaddr_in6>(address);
    if (!IN6_IS_ADDR_V4MAPPED(&v6.sin6_addr)) {
      std::memset(&v6.sin6_addr.s6_addr[8], 0, 8);
      return to_endpoint(wrap(v6)).address + "/64";
    }
  }
  return to_endpoint(address).address;
}

bool is_any_address(const SocketAddress& address) {
  if (address.family() == AF_INET) {
    return unwrap<sockaddr_in>(address).sin_addr.s_addr == htonl(INADDR_ANY);
  }
  const auto v6 = unwrap<sockaddr_in6>(address);
  return IN6_IS_ADDR_UNSPECIFIED(&v6.sin6_addr);
}

}  // namespace gossamer
