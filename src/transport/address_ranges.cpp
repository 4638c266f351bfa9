#include "transport/address_ranges.hpp"

#include <fmt/format.h>
#include <netinet/in.h>

#include <charconv>
#include <cstring>

namespace gossamer {
namespace {

constexpr int kAddressBits = 128;
constexpr int kMappedBits = 96;  ///< Of an IPv4 address, what comes before it.

tl::unexpected<Error> refuse(const std::string& text, std::string_view why) {
  return fail(ErrorCode::invalid_argument,
              fmt::format("'{}' is no range of addresses: {}, as in 10.0.0.0/8 or fd00::/8",
                          text.substr(0, 64), why));
}

}  // namespace

AddressRanges::Address AddressRanges::bytes_of(const SocketAddress& address) {
  Address bytes{};
  if (address.family() == AF_INET6) {
    sockaddr_in6 v6{};
    std::memcpy(&v6, &address.storage, sizeof(v6));
    std::memcpy(bytes.data(), &v6.sin6_addr, bytes.size());
  } else {
    sockaddr_in v4{};
    std::memcpy(&v4, &address.storage, sizeof(v4));
    bytes[10] = bytes[11] = 0xff;
    std::memcpy(bytes.data() + 12, &v4.sin_addr, 4);
  }
  return bytes;
}

bool AddressRanges::has_prefix(const Range& range, const Address& address) {
  const auto whole = static_cast<std::size_t>(range.prefix_bits / 8);
  if (std::memcmp(range.first.data(), address.data(), whole) != 0) return false;
  const int rest = range.prefix_bits % 8;
  if (rest == 0) return true;
  const int shift = 8 - rest;
  return range.first[whole] >> shift == address[whole] >> shift;
}

Result<AddressRanges::Range> AddressRanges::parse_one(const std::string& text) {
  const std::size_t slash = text.find('/');
  const auto address = to_socket_address({text.substr(0, slash), 0});
  if (!address) return refuse(text, "the address must be numeric");
  const int before = address->family() == AF_INET ? kMappedBits : 0;
  Range range{bytes_of(*address), kAddressBits};
  if (slash != std::string::npos) {
    const char* end = text.data() + text.size();
    const auto parsed = std::from_chars(text.data() + slash + 1, end, range.prefix_bits);
    if (parsed.ec != std::errc{} || parsed.ptr != end || range.prefix_bits < 0 ||
        range.prefix_bits > kAddressBits - before) {
      return refuse(text, fmt::format("the prefix must be 0 to {} bits", kAddressBits - before));
    }
    range.prefix_bits += before;
  }
  for (int bit = range.prefix_bits; bit < kAddressBits; ++bit) {
    if ((range.first[static_cast<std::size_t>(bit / 8)] >> (7 - bit % 8) & 1) != 0) {
      return refuse(text, "bits beyond the prefix are set");
    }
  }
  return range;
}

Result<AddressRanges> AddressRanges::parse(const std::vector<std::string>& texts) {
  AddressRanges all;
  if (texts.size() > kRangesMax) {
    return fail(
        ErrorCode::invalid_argument,
        fmt::format("{} ranges of addresses; there may be at most {}", texts.size(), kRangesMax));
  }
  for (const std::string& text : texts) {
    auto range = parse_one(text);
    if (!range) return tl::unexpected(range.error());
    all.ranges_.push_back(*range);
  }
  return all;
}

bool AddressRanges::contains(const SocketAddress& address) const {
  if (ranges_.empty()) return true;
  const Address bytes = bytes_of(address);
  for (const Range& range : ranges_) {
    if (has_prefix(range, bytes)) return true;
  }
  return false;
}

}  // namespace gossamer
