#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "gossamer/result.hpp"

namespace gossamer {

/// Names a node for as long as its identity key exists: the BLAKE2b-128 hash of its Ed25519 public
/// key. Nobody can take another's id without its key.
struct NodeId {
  std::array<std::uint8_t, 16> bytes{};

  /// As their bytes. Tables of members are searched by it all the time, so it is spelled out.
  friend std::strong_ordering operator<=>(const NodeId& a, const NodeId& b) noexcept {
    const auto first = a.word(0) <=> b.word(0);
    return first != 0 ? first : a.word(8) <=> b.word(8);
  }
  friend bool operator==(const NodeId& a, const NodeId& b) noexcept {
    return a.word(0) == b.word(0) && a.word(8) == b.word(8);
  }
  bool is_zero() const noexcept { return *this == NodeId{}; }

 private:
  std::uint64_t word(std::size_t from) const noexcept {
    const auto at = [&](std::size_t i) { return std::uint64_t{bytes[from + i]} << (56 - 8 * i); };
    return at(0) | at(1) | at(2) | at(3) | at(4) | at(5) | at(6) | at(7);  // One load and a swap.
  }
};

/// 32 hex digits. `to_short_string` gives the first 8, for people.
std::string to_string(const NodeId& id);
std::string to_short_string(const NodeId& id);
/// Errors: invalid_argument unless `text` is 32 hex digits.
Result<NodeId> parse_node_id(std::string_view text);

/// A numeric IPv4 or IPv6 address and a port. Names are resolved by discovery, not here.
struct Endpoint {
  std::string address{};
  std::uint16_t port = 0;

  friend auto operator<=>(const Endpoint&, const Endpoint&) = default;
};

/// `10.0.0.1:7946`, or `[::1]:7946`.
std::string to_string(const Endpoint& endpoint);
/// Errors: invalid_argument, saying which part was wrong.
Result<Endpoint> parse_endpoint(std::string_view text);

/// Raised only by its own node, so that the newest thing that it said of itself can be told.
using Incarnation = std::uint64_t;

/// Grows with every claim of a unit, and fences: whoever holds a lower one must stop.
using Epoch = std::uint64_t;

/// What is owned: one of the `instances` of a service.
struct UnitId {
  std::string service{};
  std::uint32_t ordinal = 0;

  friend auto operator<=>(const UnitId&, const UnitId&) = default;
};

/// `ledger/0`.
std::string to_string(const UnitId& unit);

}  // namespace gossamer
