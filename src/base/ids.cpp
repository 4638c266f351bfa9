#include "gossamer/ids.hpp"

#include <arpa/inet.h>
#include <fmt/format.h>

#include <charconv>

#include "base/hash.hpp"
#include "gossamer/membership.hpp"

namespace gossamer {
namespace {

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

bool is_numeric_address(const std::string& address) {
  if (address.find('\0') != std::string::npos) return false;
  unsigned char parsed[16];
  return inet_pton(AF_INET, address.c_str(), parsed) == 1 ||
         inet_pton(AF_INET6, address.c_str(), parsed) == 1;
}

}  // namespace

std::string to_string(const NodeId& id) {
  return to_hex(id.bytes);
}
std::string to_short_string(const NodeId& id) {
  return to_string(id).substr(0, 8);
}

Result<NodeId> parse_node_id(std::string_view text) {
  NodeId id;
  if (text.size() != id.bytes.size() * 2) {
    return fail(ErrorCode::invalid_argument, fmt::format("node id '{}': must be {} hex digits",
                                                         text.substr(0, 64), id.bytes.size() * 2));
  }
  for (std::size_t i = 0; i < id.bytes.size(); ++i) {
    const int high = hex_value(text[2 * i]);
    const int low = hex_value(text[2 * i + 1]);
    if (high < 0 || low < 0) {
      return fail(ErrorCode::invalid_argument, fmt::format("node id '{}': not hex digits", text));
    }
    id.bytes[i] = static_cast<std::uint8_t>(high * 16 + low);
  }
  return id;
}

std::string to_string(const Endpoint& endpoint) {
  const bool is_v6 = endpoint.address.find(':') != std::string::npos;
  return is_v6 ? fmt::format("[{}]:{}", endpoint.address, endpoint.port)
               : fmt::format("{}:{}", endpoint.address, endpoint.port);
}

Result<Endpoint> parse_endpoint(std::string_view text) {
  const auto refuse = [&](std::string_view why) {
    return fail(ErrorCode::invalid_argument,
                fmt::format("endpoint '{}': {}", text.substr(0, 80), why));
  };
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return refuse("must be ADDRESS:PORT");
  std::string_view address = text.substr(0, colon);
  const std::string_view port_text = text.substr(colon + 1);
  if (address.size() >= 2 && address.front() == '[' && address.back() == ']') {
    address = address.substr(1, address.size() - 2);
  } else if (address.find(':') != std::string_view::npos) {
    return refuse("an IPv6 address needs brackets, as in [::1]:7946");
  }
  unsigned port = 0;
  const auto [end, error] =
      std::from_chars(port_text.data(), port_text.data() + port_text.size(), port);
  if (error != std::errc{} || end != port_text.data() + port_text.size() || port > 65535) {
    return refuse("the port must be a number from 0 to 65535");
  }
  Endpoint endpoint{std::string{address}, static_cast<std::uint16_t>(port)};
  if (!is_numeric_address(endpoint.address))
    return refuse("the address must be numeric, as in 127.0.0.1");
  return endpoint;
}

std::string to_string(const UnitId& unit) {
  return fmt::format("{}/{}", unit.service, unit.ordinal);
}

std::string_view to_string(MemberState state) noexcept {
  switch (state) {
    case MemberState::alive: return "alive";
    case MemberState::suspect: return "suspect";
    case MemberState::down: return "down";
    case MemberState::left: return "left";
  }
  return "unknown";
}

}  // namespace gossamer
