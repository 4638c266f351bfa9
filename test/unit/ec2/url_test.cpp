#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "discovery/ec2_url.hpp"

namespace gossamer {
namespace {

using Strings = std::vector<std::string>;

TEST_CASE("ec2 URL: tags are AND-ed, their values OR-ed", "[ec2]") {
  const auto url = parse_ec2_url("role=node|seed;cluster=blue;aws:autoscaling:groupName=web-*");
  REQUIRE(url);
  REQUIRE(url->tags.size() == 3);
  CHECK(url->tags[0].key == "role");
  CHECK(url->tags[0].values == Strings{"node", "seed"});
  CHECK(url->tags[1].values == Strings{"blue"});
  const auto filters = filters_of(*url);
  REQUIRE(filters.size() == 3);
  CHECK(filters[0].name == "tag:role");
  CHECK(filters[2].name == "tag:aws:autoscaling:groupName");
  CHECK(filters[2].values == Strings{"web-*"});
}

TEST_CASE("ec2 URL: what is not said has these defaults", "[ec2]") {
  const auto url = parse_ec2_url("role=node");
  REQUIRE(url);
  CHECK(url->region.empty());
  CHECK(url->endpoint.empty());
  CHECK_FALSE(url->is_dual_stack);
  CHECK(url->address == Ec2Url::AddressKind::private_v4);
  CHECK(url->port == 7946);
  CHECK(url->port_tag.empty());
  CHECK(url->takes_running);
  CHECK_FALSE(url->takes_pending);
  CHECK(url->interval == std::chrono::seconds{60});
}

TEST_CASE("ec2 URL: every parameter is taken", "[ec2]") {
  const auto url = parse_ec2_url(
      "role=node?region=eu-west-1&endpoint=http://127.0.0.1:9000&address=tag:mesh%20address"
      "&port=tag:gossip&zone=eu-west-1a|eu-west-1b&vpc=vpc-1|vpc-2&state=running|pending&interval="
      "90");
  REQUIRE(url);
  CHECK(url->region == "eu-west-1");
  CHECK(url->endpoint == "http://127.0.0.1:9000");
  CHECK(url->address == Ec2Url::AddressKind::tag);
  CHECK(url->address_tag == "mesh address");
  CHECK(url->port_tag == "gossip");
  CHECK(url->takes_running);
  CHECK(url->takes_pending);
  CHECK(url->interval == std::chrono::seconds{90});
  const auto filters = filters_of(*url);
  REQUIRE(filters.size() == 3);
  CHECK(filters[1].name == "availability-zone");
  CHECK(filters[1].values == Strings{"eu-west-1a", "eu-west-1b"});
  CHECK(filters[2].name == "vpc-id");
  CHECK(filters[2].values == Strings{"vpc-1", "vpc-2"});

  const auto other = parse_ec2_url(
      "a=b?dualstack=true&address=private_v6&port=8000&state=pending&region=cn-north-1");
  REQUIRE(other);
  CHECK(other->is_dual_stack);
  CHECK(other->address == Ec2Url::AddressKind::private_v6);
  CHECK(other->port == 8000);
  CHECK_FALSE(other->takes_running);
  CHECK(parse_ec2_url("a=b?address=public_v4").value().address == Ec2Url::AddressKind::public_v4);
}

TEST_CASE("ec2 URL: percent-encoding brings anything into a tag", "[ec2]") {
  const auto url = parse_ec2_url("a%3Bb%3D%7C=x%7Cy|%3F%26%25|\xc3\xa9;c=d=e+f");
  REQUIRE(url);
  REQUIRE(url->tags.size() == 2);
  CHECK(url->tags[0].key == "a;b=|");
  CHECK(url->tags[0].values == Strings{"x|y", "?&%", "\xc3\xa9"});
  CHECK(url->tags[1].values == Strings{"d=e+f"});
  CHECK(parse_ec2_url("%2F%2Frole=node").value().tags.at(0).key == "//role");
}

TEST_CASE("ec2 URL: a bad part is an error that says what it may be", "[ec2]") {
  struct Row {
    const char* url;
    const char* reason;
  };
  const auto row = GENERATE(values<Row>({
      {"", "it names no tag"},
      {"?region=eu-west-1", "it names no tag"},
      {"//role=node", "there is no '//' after ec2: write ec2:role=node"},
      {"//role=node?port=1", "write ec2:role=node"},
      {"role", "tag 'role' must be KEY=VALUE"},
      {"=node", "must be KEY=VALUE"},
      {"role=", "a value is empty; '*' is any value"},
      {"role=a|", "a value is empty"},
      {"role=a;", "must be KEY=VALUE"},
      {"role=a;role=b", "tag 'role' is named twice; write role=VALUE|VALUE"},
      {"role=%zz", "two hex digits"},
      {"role=a%0ab", "control characters"},
      {"role=a?", "no name"},
      {"role=a?x", "%3F"},
      {"role=a?port=1&port=2", "twice"},
      {"role=a?colour=red", "unknown parameter 'colour'; known are region, endpoint,"},
      {"role=a?address=private", "must be private_v4, private_v6, public_v4 or tag:NAME"},
      {"role=a?address=tag:", "must be private_v4"},
      {"role=a?port=0", "from 1 to 65535, or tag:NAME"},
      {"role=a?port=70000", "from 1 to 65535"},
      {"role=a?port=80x", "from 1 to 65535"},
      {"role=a?port=", "from 1 to 65535"},
      {"role=a?state=stopped", "must be running, pending or running|pending"},
      {"role=a?state=", "must be running"},
      {"role=a?zone=", "zone '' must be one or more names"},
      {"role=a?vpc=vpc-1|", "vpc 'vpc-1|' must be one or more names"},
      {"role=a?dualstack=yes", "must be true or false"},
      {"role=a?interval=0", "from 1 to 86400 seconds"},
      {"role=a?interval=1m", "from 1 to 86400 seconds"},
      {"role=a?region=", "must be a region's name"},
      {"role=a?region=evil.example/", "must be a region's name"},
      {"role=a?region=us%20east", "region 'us east' must be a region's name"},
      {"role=a?endpoint=ftp://x", "endpoint must be http://"},
      {"role=a?endpoint=http://x/path", "endpoint must be http://"},
      {"role=a?endpoint=http://x&dualstack=true", "drop one"},
  }));
  CAPTURE(row.url);
  const auto url = parse_ec2_url(row.url);
  REQUIRE_FALSE(url);
  CHECK(url.error().code == ErrorCode::invalid_argument);
  CHECK_THAT(url.error().detail, Catch::Contains(row.reason));
}

TEST_CASE("ec2 URL: credentials are refused by name and never repeated", "[ec2]") {
  const std::string name = GENERATE("access_key_id", "secret_access_key", "session_token",
                                    "AccessKeyId", "aws-secret", "password");
  const auto url = parse_ec2_url("role=a?" + name + "=HUSHHUSH");
  REQUIRE_FALSE(url);
  CHECK_THAT(url.error().detail, Catch::Contains("'" + name + "' does not belong in a URL"));
  CHECK_THAT(url.error().detail, !Catch::Contains("HUSH"));
  // Whatever else is wrong with it.
  const auto worse = parse_ec2_url("?" + name + "=HUSHHUSH");
  REQUIRE_FALSE(worse);
  CHECK_THAT(worse.error().detail, !Catch::Contains("HUSH"));
  const auto userinfo = parse_ec2_url("role=a?endpoint=http://user:HUSHHUSH@host");
  REQUIRE_FALSE(userinfo);
  CHECK_THAT(userinfo.error().detail, !Catch::Contains("HUSH"));
}

TEST_CASE("ec2 URL: no more is sent than EC2 takes", "[ec2]") {
  std::string values = "role=0";
  for (int i = 1; i < 200; ++i) values += "|" + std::to_string(i);
  CHECK(parse_ec2_url(values));
  CHECK_FALSE(parse_ec2_url(values + "|200"));
  std::string tags = "k0=v";
  for (int i = 1; i < 50; ++i) tags += ";k" + std::to_string(i) + "=v";
  CHECK(parse_ec2_url(tags));
  CHECK_FALSE(parse_ec2_url(tags + ";k50=v"));
  CHECK_FALSE(parse_ec2_url(std::string(1000, 'k') + "=v"));
  CHECK_FALSE(parse_ec2_url("k=" + std::string(2000, 'v')));
}

}  // namespace
}  // namespace gossamer
