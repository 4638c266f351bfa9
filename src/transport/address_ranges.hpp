#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "gossamer/result.hpp"
#include "transport/socket_address.hpp"

namespace gossamer {

/// Ranges of addresses, as `10.0.0.0/8`, `fd00::/8`, or one address. An IPv4 address and the IPv6
/// one that it is mapped to are the same.
class AddressRanges {
 public:
  static constexpr std::size_t kRangesMax = 64;

  /// Errors: invalid_argument, naming the text and what is wrong with it; also if bits beyond the
  /// prefix are set, for then it is not what was meant.
  static Result<AddressRanges> parse(const std::vector<std::string>& texts);

  /// Without any range every address is in.
  bool contains(const SocketAddress& address) const;
  bool empty() const { return ranges_.empty(); }

 private:
  using Address = std::array<std::uint8_t, 16>;  ///< IPv4 is mapped.
  struct Range {
    Address first{};
    int prefix_bits = 0;
  };
  static Address bytes_of(const SocketAddress& address);
  static Result<Range> parse_one(const std::string& text);
  static bool has_prefix(const Range& range, const Address& address);

  std::vector<Range> ranges_;
};

}  // namespace gossamer
