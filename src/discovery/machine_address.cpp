#include "discovery/machine_address.hpp"

#include <netinet/in.h>

#include <cstdint>
#include <cstring>

namespace gossamer {
namespace {

std::string_view judge_v4(const std::uint8_t* bytes) {
  if (bytes[0] == 0) return "is unspecified (0.0.0.0/8)";
  if (bytes[0] == 169 && bytes[1] == 254) return "is link-local (169.254.0.0/16)";
  if ((bytes[0] & 0xf0U) == 0xe0U) return "is multicast (224.0.0.0/4)";
  if ((bytes[0] & bytes[1] & bytes[2] & bytes[3]) == 0xffU) return "is broadcast";
  return {};
}

std::string_view judge_v6(const in6_addr& address) {
  const std::uint8_t* const bytes = address.s6_addr;
  if (IN6_IS_ADDR_UNSPECIFIED(&address)) return "is unspecified (::)";
  if (IN6_IS_ADDR_V4MAPPED(&address)) return judge_v4(bytes + 12);
  if (IN6_IS_ADDR_LINKLOCAL(&address)) return "is link-local (fe80::/10)";
  if (IN6_IS_ADDR_MULTICAST(&address)) return "is multicast (ff00::/8)";
  // Source: "Reserved addresses", EC2 User Guide: metadata, DNS and time of the instance itself.
  constexpr std::uint8_t kEc2Own[] = {0xfd, 0x00, 0x0e, 0xc2};
  if (std::memcmp(bytes, kEc2Own, sizeof kEc2Own) == 0) return "is EC2's own (fd00:ec2::/32)";
  return {};
}

}  // namespace

std::string_view why_no_machine(const SocketAddress& address) {
  // By memcpy: a sockaddr_storage is not a sockaddr_in, whatever C programs do.
  if (address.family() == AF_INET) {
    sockaddr_in v4{};
    std::memcpy(&v4, &address.storage, sizeof v4);
    std::uint8_t bytes[4];
    std::memcpy(bytes, &v4.sin_addr, sizeof bytes);
    return judge_v4(bytes);
  }
  if (address.family() != AF_INET6) return "is neither IPv4 nor IPv6";
  sockaddr_in6 v6{};
  std::memcpy(&v6, &address.storage, sizeof v6);
  return judge_v6(v6.sin6_addr);
}

}  // namespace gossamer
