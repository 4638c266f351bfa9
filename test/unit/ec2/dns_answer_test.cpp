#include "discovery/dns_answer.hpp"

#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "discovery/dns_discovery.hpp"
#include "unit/ec2/dns_messages.hpp"

namespace gossamer {
namespace {

using Strings = std::vector<std::string>;

TEST_CASE("dns answer: A and AAAA records are addresses, also behind an alias", "[dns]") {
  const auto answer = parse_dns_answer(test::address_message());
  REQUIRE(answer);
  CHECK(answer->addresses == Strings{"10.0.0.1", "2001:db8::1"});
  CHECK(answer->services.empty());
}

TEST_CASE("dns answer: SRV records name ports and targets, some with addresses", "[dns]") {
  const auto answer = parse_dns_answer(test::service_message());
  REQUIRE(answer);
  CHECK(answer->addresses.empty());
  REQUIRE(answer->services.size() == 2);
  CHECK(answer->services[0].target == "node-a.example");
  CHECK(answer->services[0].port == 7001);
  CHECK(answer->services[1].target.empty());
  CHECK(answer->target_addresses ==
        decltype(answer->target_addresses){{"node-a.example", {"10.0.0.7"}}});
}

TEST_CASE("dns answer: what is cut short or no message is refused", "[dns]") {
  CHECK_FALSE(parse_dns_answer({}));
  CHECK_FALSE(parse_dns_answer(as_bytes("nonsense")));
  Bytes cut = test::address_message();
  cut.resize(cut.size() - 1);
  const auto answer = parse_dns_answer(cut);
  REQUIRE_FALSE(answer);
  CHECK(answer.error().code == ErrorCode::corrupted);
  CHECK_FALSE(parse_dns_answer(Bytes(70'000, 0)));
}

TEST_CASE("dns URL: a name, perhaps a port, perhaps a server", "[dns]") {
  const auto service = parse_dns_url("_gossamer._tcp.example.org");
  REQUIRE(service);
  CHECK(service->name == "_gossamer._tcp.example.org");
  CHECK(service->port == 0);
  CHECK_FALSE(service->server);
  const auto address = parse_dns_url("node.service.consul.:7946?server=127.0.0.1:8600");
  REQUIRE(address);
  CHECK(address->port == 7946);
  CHECK(address->server == Endpoint{"127.0.0.1", 8600});
  CHECK(parse_dns_url("x?server=[::1]:53").value().server == Endpoint{"::1", 53});
}

TEST_CASE("dns URL: a bad part is an error that says what it may be", "[dns]") {
  const auto row = GENERATE(values<std::pair<std::string, const char*>>(
      {{"", "'' is no name"},
       {":7946", "is no name"},
       {"a..b", "is no name"},
       {".a", "is no name"},
       {"a b", "is no name"},
       {"h\xc3\xa4user.example", "is no name"},
       {std::string(64, 'a') + ".example", "is no name"},
       {std::string(200, 'a') + "." + std::string(60, 'b'), "is no name"},
       {"a:", "from 1 to 65535"},
       {"a:0", "from 1 to 65535"},
       {"a:65536", "from 1 to 65535"},
       {"a:http", "from 1 to 65535"},
       {"a?server=example.org:53", "server: "},
       {"a?server=10.0.0.1", "server: "},
       {"a?search=x", "unknown parameter 'search'; known is server=ADDRESS:PORT"},
       {"a?", "no name"}}));
  CAPTURE(row.first);
  const auto question = parse_dns_url(row.first);
  REQUIRE_FALSE(question);
  CHECK(question.error().code == ErrorCode::invalid_argument);
  CHECK_THAT(question.error().detail, Catch::Contains(row.second));
}

}  // namespace
}  // namespace gossamer
