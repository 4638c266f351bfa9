#include "transport/address_ranges.hpp"

#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "transport/address_rate.hpp"

namespace gossamer {
namespace {

bool is_in(const std::vector<std::string>& ranges, const std::string& address) {
  const auto parsed = AddressRanges::parse(ranges);
  REQUIRE(parsed.has_value());
  return parsed->contains(*to_socket_address({address, 1}));
}

TEST_CASE("ranges: an address is in a range if it begins with its prefix") {
  CHECK(is_in({"10.0.0.0/8"}, "10.255.0.1"));
  CHECK_FALSE(is_in({"10.0.0.0/8"}, "11.0.0.1"));
  CHECK(is_in({"10.0.0.0/12"}, "10.15.255.255"));
  CHECK_FALSE(is_in({"10.0.0.0/12"}, "10.16.0.0"));
  CHECK(is_in({"192.0.2.7"}, "192.0.2.7"));
  CHECK_FALSE(is_in({"192.0.2.7"}, "192.0.2.6"));
  CHECK(is_in({"fd00::/8"}, "fd12::1"));
  CHECK_FALSE(is_in({"fd00::/8"}, "fe80::1"));
  CHECK_FALSE(is_in({"fd00::/8"}, "10.0.0.1"));
  CHECK(is_in({"0.0.0.0/0"}, "203.0.113.9"));
  CHECK_FALSE(is_in({"0.0.0.0/0"}, "fd00::1"));
  CHECK(is_in({"::/0"}, "203.0.113.9"));
  CHECK(is_in({"fd00::/8", "10.0.0.0/8"}, "10.0.0.1"));
  CHECK(is_in({}, "203.0.113.9"));
}

TEST_CASE("ranges: an IPv4 address that came in through an IPv6 socket is the same address") {
  CHECK(is_in({"10.0.0.0/8"}, "::ffff:10.0.0.1"));
  CHECK_FALSE(is_in({"10.0.0.0/8"}, "::ffff:11.0.0.1"));
}

TEST_CASE("ranges: what is no range is refused with its reason") {
  const std::vector<std::pair<std::string, std::string>> rows{
      {"", "numeric"},           {"example.org/8", "numeric"},  {"10.0.0.0/33", "0 to 32 bits"},
      {"fd00::/129", "0 to 128"}, {"10.0.0.0/", "0 to 32 bits"}, {"10.0.0.0/8x", "0 to 32 bits"},
      {"10.0.0.0/-1", "0 to 32"}, {"10.0.0.1/8", "beyond the prefix"}};
  for (const auto& [text, why] : rows) {
    INFO(text);
    const auto parsed = AddressRanges::parse({text});
    REQUIRE_FALSE(parsed.has_value());
    CHECK(parsed.error().code == ErrorCode::invalid_argument);
    CHECK(parsed.error().detail.find(why) != std::string::npos);
  }
  CHECK_FALSE(
      AddressRanges::parse(std::vector<std::string>(AddressRanges::kRangesMax + 1, "::1")).has_value());
}

TEST_CASE("accept rate: each address has its own count, and those beyond the bound share one") {
  AddressRate rate{2};
  CHECK(rate.take({}, "a"));
  CHECK(rate.take({}, "a"));
  CHECK_FALSE(rate.take({}, "a"));
  CHECK(rate.take({}, "b"));
  for (std::size_t i = 0; i < AddressRate::kAddressesMax; ++i) rate.take({}, std::to_string(i));
  CHECK_FALSE(rate.take({}, "c"));
  CHECK(rate.take(Instant{std::chrono::seconds{1}}, "c"));
}

}  // namespace
}  // namespace gossamer
