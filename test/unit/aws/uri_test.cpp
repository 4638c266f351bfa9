#include "aws/uri.hpp"

#include <catch2/catch.hpp>
#include <string>

namespace gossamer::aws {
namespace {

TEST_CASE("uri: all but the unreserved is encoded, in upper-case hex") {
  CHECK(uri_encode("AZaz09-._~") == "AZaz09-._~");
  CHECK(uri_encode("a b+c*d%e=f&g") == "a%20b%2Bc%2Ad%25e%3Df%26g");
  CHECK(uri_encode("\xc3\xa9") == "%C3%A9");
  CHECK(uri_encode(std::string{"\0\x7f", 2}) == "%00%7F");
}

TEST_CASE("uri: a slash is encoded unless it is to be kept") {
  CHECK(uri_encode("a/b") == "a%2Fb");
  CHECK(uri_encode("a/b", true) == "a/b");
}

TEST_CASE("uri: decoding gives back every byte") {
  std::string all;
  for (int byte = 0; byte < 256; ++byte) all += static_cast<char>(byte);
  CHECK(uri_decode(uri_encode(all)) == all);
  CHECK(uri_decode(uri_encode(all, true)) == all);
  CHECK(uri_decode("a%2fb+c") == "a/b+c");
}

TEST_CASE("uri: a percent sign without two hex digits cannot be decoded") {
  for (const char* text : {"%", "%a", "a%", "%g0", "%0g", "%%20", "%2"}) {
    CAPTURE(text);
    CHECK_FALSE(uri_decode(text).has_value());
  }
}

TEST_CASE("uri: the parts of a URL as people write it") {
  std::string why;
  const auto plain = parse_url_parts("//bucket/a%20b", &why);
  REQUIRE(plain.has_value());
  CHECK(plain->rest == "//bucket/a%20b");
  CHECK(plain->parameters.empty());

  const auto full = parse_url_parts("//b/p?region=eu-west-1&tag%20=1&x=a%26b=c?d&y=", &why);
  REQUIRE(full.has_value());
  CHECK(full->rest == "//b/p");
  using Pair = std::pair<std::string, std::string>;
  CHECK(full->parameters ==
        std::vector<Pair>{{"region", "eu-west-1"}, {"tag%20", "1"}, {"x", "a&b=c?d"}, {"y", ""}});
}

TEST_CASE("uri: what is wrong with a URL is said, without its values") {
  const auto fault_of = [](const std::string& text) {
    std::string why;
    CHECK_FALSE(parse_url_parts(text, &why).has_value());
    CHECK(why.find("s3cr3t") == std::string::npos);
    return why;
  };
  using Catch::Contains;
  CHECK_THAT(fault_of("x?"), Contains("no name"));
  CHECK_THAT(fault_of("x?a=1&"), Contains("no name"));
  CHECK_THAT(fault_of("x?=s3cr3t"), Contains("no name"));
  CHECK_THAT(fault_of("x?a"), Contains("'a' has no value"));
  CHECK_THAT(fault_of("x?a=s3cr3t%2"), Contains("'a'") && Contains("hex"));
  CHECK_THAT(fault_of("x?a=s3cr3t%0A"), Contains("'a'") && Contains("control"));
  CHECK_THAT(fault_of("x?a=1&b=2&a=s3cr3t"), Contains("'a' comes twice"));
  std::string many = "x?p=0";
  for (int i = 0; i < 100; ++i) many += "&p" + std::to_string(i) + "=1";
  CHECK_THAT(fault_of(many), Contains("more than 64"));
}

}  // namespace
}  // namespace gossamer::aws
