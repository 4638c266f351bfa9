#include "aws/endpoint.hpp"

#include <catch2/catch.hpp>
#include <string>

namespace gossamer::aws {
namespace {

using Catch::Contains;

std::string url_of(std::string_view service, std::string_view region, bool is_dual_stack = false) {
  const Result<std::string> url = endpoint_of(service, region, is_dual_stack);
  return url ? *url : "error: " + url.error().detail;
}

std::string parsed(std::string_view text) {
  const Result<std::string> url = parse_endpoint_url(text);
  return url ? *url : "error: " + url.error().detail;
}

TEST_CASE("endpoint: each partition has its domain") {
  CHECK(url_of("ec2", "eu-central-1") == "https://ec2.eu-central-1.amazonaws.com");
  CHECK(url_of("s3", "us-gov-west-1") == "https://s3.us-gov-west-1.amazonaws.com");
  CHECK(url_of("sts", "cn-north-1") == "https://sts.cn-north-1.amazonaws.com.cn");
  CHECK(url_of("ec2", "us-iso-east-1") == "https://ec2.us-iso-east-1.c2s.ic.gov");
  CHECK(url_of("ec2", "us-isob-east-1") == "https://ec2.us-isob-east-1.sc2s.sgov.gov");
  CHECK(url_of("ec2", "eu-isoe-west-1") == "https://ec2.eu-isoe-west-1.cloud.adc-e.uk");
  CHECK(url_of("ec2", "us-isof-south-1") == "https://ec2.us-isof-south-1.csp.hci.ic.gov");
  CHECK(url_of("ec2", "eusc-de-east-1") == "https://ec2.eusc-de-east-1.amazonaws.eu");
}

TEST_CASE("endpoint: a region that is not known is taken for a new one") {
  CHECK(url_of("ec2", "mx-central-12") == "https://ec2.mx-central-12.amazonaws.com");
}

TEST_CASE("endpoint: S3 has dual-stack under a name of its own, others in another domain") {
  CHECK(url_of("s3", "eu-west-1", true) == "https://s3.dualstack.eu-west-1.amazonaws.com");
  CHECK(url_of("s3", "cn-north-1", true) == "https://s3.dualstack.cn-north-1.amazonaws.com.cn");
  CHECK(url_of("ec2", "eu-west-1", true) == "https://ec2.eu-west-1.api.aws");
  CHECK(url_of("ec2", "us-gov-west-1", true) == "https://ec2.us-gov-west-1.api.aws");
  CHECK(url_of("ec2", "cn-north-1", true) == "https://ec2.cn-north-1.api.amazonwebservices.com.cn");
  CHECK_THAT(url_of("ec2", "us-iso-east-1", true), Contains("error") && Contains("dual-stack"));
}

TEST_CASE("endpoint: what cannot be a region is refused, since it becomes part of a host") {
  for (const char* region :
       {"", "us", "us-east", "us-east-", "-us-east-1", "us-1", "US-EAST-1", "us-east-1a",
        "us-east-1.evil.example", "us-east-1/", "us east-1", "1us-east-1", "us-east-1\n",
        "us-east-1@x", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa-east-1"}) {
    CAPTURE(region);
    CHECK_THAT(url_of("ec2", region), Contains("is no region"));
  }
  CHECK_THAT(url_of("ec2.x", "us-east-1"), Contains("no name of a service"));
}

TEST_CASE("endpoint: a person's URL is one scheme, one host, perhaps a port") {
  CHECK(parsed("http://127.0.0.1:9000") == "http://127.0.0.1:9000");
  CHECK(parsed("https://minio.example") == "https://minio.example");
  CHECK(parsed("HTTPS://MinIO.Example/") == "https://minio.example");
  CHECK(parsed("http://my_host") == "http://my_host");
  CHECK(parsed("http://[::1]:80") == "http://[::1]");
  CHECK(parsed("http://[2001:DB8:0::1]:9000") == "http://[2001:db8::1]:9000");
}

TEST_CASE("endpoint: the scheme's own port is left out, as clients leave it out of Host") {
  CHECK(parsed("http://h:80") == "http://h");
  CHECK(parsed("https://h:443") == "https://h");
  CHECK(parsed("http://h:443") == "http://h:443");
  CHECK(parsed("https://h:80") == "https://h:80");
}

TEST_CASE("endpoint: every other text is refused with what is wrong") {
  for (const char* text : {"",
                           "127.0.0.1:9000",
                           "ftp://h",
                           "http://",
                           "http://:80",
                           "http://h:",
                           "http://h:0",
                           "http://h:65536",
                           "http://h:9x",
                           "http://h/path",
                           "http://h?x=1",
                           "http://h#x",
                           "http://h //",
                           "http://a..b",
                           "http://h.",
                           "http://127.1",
                           "http://0x7f.1",
                           "http://2130706433",
                           "http://127.0.0.256",
                           "http://[::1",
                           "http://::1",
                           "http://[x]",
                           "http://[fe80::1%25eth0]",
                           "http://h\r\nx: y",
                           "http://h\\x",
                           "http://a:1:2"}) {
    CAPTURE(text);
    const Result<std::string> url = parse_endpoint_url(text);
    REQUIRE_FALSE(url.has_value());
    CHECK(url.error().code == ErrorCode::invalid_argument);
    CHECK_THAT(url.error().detail, Contains("write http://HOST:PORT"));
    CHECK(url.error().detail.find('\n') == std::string::npos);
  }
}

TEST_CASE("endpoint: a password in a URL is refused and not shown") {
  CHECK_THAT(parsed("http://me:s3cr3t@h"), Contains("names a user") && !Contains("s3cr3t"));
}

TEST_CASE("endpoint: what stands in a query is not shown") {
  const auto refused = parse_endpoint_url("https://host?token=hidden");
  REQUIRE_FALSE(refused);
  CHECK(refused.error().detail.find("https://host") != std::string::npos);
  CHECK(refused.error().detail.find("hidden") == std::string::npos);
}

TEST_CASE("endpoint: the Host header has the port, unless it is the scheme's own") {
  CHECK(host_of("https://s3.eu-west-1.amazonaws.com") == "s3.eu-west-1.amazonaws.com");
  CHECK(host_of("http://127.0.0.1:9000") == "127.0.0.1:9000");
  CHECK(host_of("http://127.0.0.1:80") == "127.0.0.1");
  CHECK(host_of("https://h:443") == "h");
  CHECK(host_of("https://h:80") == "h:80");
  CHECK(host_of("http://[::1]:9000") == "[::1]:9000");
}

}  // namespace
}  // namespace gossamer::aws
