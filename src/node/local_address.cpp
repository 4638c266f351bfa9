#include "node/local_address.hpp"

#include <fmt/format.h>
#include <uv.h>

#include <array>

namespace gossamer::node {

Result<Endpoint> reachable_endpoint(const Endpoint& bound) {
  const bool is_v6 = bound.address.find(':') != std::string::npos;
  if (bound.address != "0.0.0.0" && bound.address != "::") return bound;
  uv_interface_address_t* interfaces = nullptr;
  int count = 0;
  if (const int rc = uv_interface_addresses(&interfaces, &count); rc != 0) {
    return fail(
        ErrorCode::io,
        fmt::format("cannot list this machine's addresses: {}; set advertise", uv_strerror(rc)));
  }
  Endpoint found{is_v6 ? "::1" : "127.0.0.1", bound.port};
  for (int i = 0; i < count; ++i) {
    const uv_interface_address_t& candidate = interfaces[i];
    const int family = candidate.address.address4.sin_family;
    if (candidate.is_internal != 0 || family != (is_v6 ? AF_INET6 : AF_INET)) continue;
    // Link-local addresses mean nothing without the name of the link.
    if (is_v6 && IN6_IS_ADDR_LINKLOCAL(&candidate.address.address6.sin6_addr)) continue;
    std::array<char, 64> text{};
    const int rc = is_v6 ? uv_ip6_name(&candidate.address.address6, text.data(), text.size())
                         : uv_ip4_name(&candidate.address.address4, text.data(), text.size());
    if (rc != 0) continue;
    found.address = text.data();
    break;
  }
  uv_free_interface_addresses(interfaces, count);
  return found;
}

}  // namespace gossamer::node
