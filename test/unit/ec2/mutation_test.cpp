// Damaged input: whatever is done to good answers, the parsers answer or refuse.

#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "aws/ec2_describe_instances.hpp"
#include "base/random.hpp"
#include "discovery/dns_answer.hpp"
#include "discovery/ec2_sightings.hpp"
#include "unit/ec2/answers.hpp"
#include "unit/ec2/dns_messages.hpp"

namespace gossamer {
namespace {

Bytes mutate(Bytes bytes, Random& random) {
  for (std::uint64_t changes = 1 + random.below(4); changes > 0 && !bytes.empty(); --changes) {
    const std::size_t at = random.below(bytes.size());
    const auto there = bytes.begin() + static_cast<std::ptrdiff_t>(at);
    switch (random.below(6)) {
      case 0: bytes[at] = static_cast<std::uint8_t>(bytes[at] ^ (1U << random.below(8))); break;
      case 1: bytes[at] = static_cast<std::uint8_t>(random.next()); break;
      case 2: bytes[at] = static_cast<std::uint8_t>("<>&'\"/!?]"[random.below(9)]); break;
      case 3: bytes.resize(at); break;
      case 4:
        bytes.insert(there, 1 + random.below(16), static_cast<std::uint8_t>(random.next()));
        break;
      default: bytes.erase(there); break;
    }
  }
  return bytes;
}

TEST_CASE("mutation: damaged answers of EC2 are read or refused", "[ec2]") {
  const std::string more =
      "<ipAddress>54.0.0.1</ipAddress><networkInterfaceSet><item><ipv6AddressesSet><item>"
      "<ipv6Address>2001:db8::1</ipv6Address></item></ipv6AddressesSet></item></"
      "networkInterfaceSet>"
      "<tagSet><item><key>a</key><value>&amp;&#x41;<![CDATA[<]]></value></item></tagSet>";
  const Bytes good = to_bytes("<!DOCTYPE x [<!ENTITY y 'z'>]>" +
                              test::describe_instances_answer(
                                  test::instance_item("i-1", "10.0.0.1", more) +
                                      test::instance_item("i-2", "10.0.0.2", more, "terminated"),
                                  "token"));
  const Ec2Url url = parse_ec2_url("a=b?port=tag:a").value();
  Random random{7};
  int read = 0;
  int refused = 0;
  for (int i = 0; i < 10'000; ++i) {
    const auto page = aws::parse_describe_instances(mutate(good, random));
    if (!page) {
      ++refused;
      CHECK(page.error().detail.size() < 400);
      continue;
    }
    ++read;
    CHECK(sightings_of(page->instances, url, "i-1", {}).size() == page->instances.size());
  }
  CHECK(read > 100);
  CHECK(refused > 100);
}

TEST_CASE("mutation: damaged answers of a name server are read or refused", "[dns]") {
  const Bytes good = GENERATE(test::address_message(), test::service_message());
  Random random{7};
  int read = 0;
  int refused = 0;
  for (int i = 0; i < 20'000; ++i) {
    const auto answer = parse_dns_answer(mutate(good, random));
    ++(answer ? read : refused);
  }
  CHECK(read > 100);
  CHECK(refused > 100);
}

}  // namespace
}  // namespace gossamer
