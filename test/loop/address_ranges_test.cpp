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
  const std::vector<std::pair<std::string, std::string>> rows{{"", "numeric"},
                                                              {"example.org/8", "numeric"},
                                                              {"10.0.0.0/33", "0 to 32 bits"},
                                                              {"fd00::/129", "0 to 128"},
                                                              {"10.0.0.0/", "0 to 32 bits"},
                                                              {"10.0.0.0/8x", "0 to 32 bits"},
                                                              {"10.0.0.0/-1", "0 to 32"},
                                                              {"10.0.0.1/8", "beyond the prefix"}};
  for (const auto& [text, why] : rows) {
    INFO(text);
    const auto parsed = AddressRanges::parse({text});
    REQUIRE_FALSE(parsed.has_value());
    CHECK(parsed.error().code == ErrorCode::invalid_argument);
    CHECK(parsed.error().detail.find(why) != std::string::npos);
  }
  CHECK_FALSE(AddressRanges::parse(std::vector<std::string>(AddressRanges::kRangesMax + 1, "::1"))
                  .has_value());
}

TEST_CASE("accept rate: each address has its own count, for a window") {
  AddressRate rate{2};
  CHECK(rate.take({}, "a"));
  CHECK(rate.take({}, "a"));
  CHECK_FALSE(rate.take({}, "a"));
  CHECK(rate.take({}, "b"));
  CHECK(rate.is_spent({}, "a"));
  CHECK_FALSE(rate.is_spent({}, "b"));
  CHECK(rate.take(Instant{std::chrono::seconds{1}}, "a"));
}

TEST_CASE(
    "accept rate: a flood from more addresses than are remembered is not held against another") {
  AddressRate rate{2};
  for (std::size_t i = 0; i < 3 * AddressRate::kAddressesMax; ++i) {
    for (int times = 0; times < 3; ++times) rate.take({}, std::to_string(i));
  }
  CHECK(rate.address_count() == AddressRate::kAddressesMax);
  CHECK_FALSE(rate.is_spent({}, "fresh"));
  CHECK(rate.take({}, "fresh"));
  // The latest are remembered.
  CHECK(rate.is_spent({}, std::to_string(3 * AddressRate::kAddressesMax - 1)));
}

TEST_CASE("counted: an IPv4 address is itself, one of IPv6 its network of 64 bits") {
  const std::vector<std::pair<std::string, std::string>> rows{
      {"192.0.2.7", "192.0.2.7"},
      {"::ffff:192.0.2.7", "192.0.2.7"},
      {"2001:db8:1:2::1", "2001:db8:1:2::/64"},
      {"2001:db8:1:2:ffff:ffff:ffff:ffff", "2001:db8:1:2::/64"},
      {"2001:db8:1:3::1", "2001:db8:1:3::/64"},
      {"fd00::1:0:0:0:1", "fd00:0:0:1::/64"},
      {"::1", "::/64"}};
  for (const auto& [address, counted] : rows) {
    INFO(address);
    CHECK(counted_as(*to_socket_address({address, 7})) == counted);
  }
}

}  // namespace
}  // namespace gossamer
