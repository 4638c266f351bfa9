#include "aws/signature_v4.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <string>

#include "aws/digest.hpp"

namespace gossamer::aws {
namespace {

using Catch::Contains;
using std::chrono::seconds;

constexpr const char* kSecret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";

Credentials credentials() {
  return {"AKIAIOSFODNN7EXAMPLE", Secret{kSecret}, Secret{}, std::nullopt};
}

Credentials temporary() {
  Credentials with_token = credentials();
  with_token.session_token = Secret{"the/token+="};
  return with_token;
}

SigningScope s3_scope() {
  return {"us-east-1", "s3", WallTime{seconds{1'369'353'600}}, true};
}
SigningScope ec2_scope() {
  return {"eu-west-1", "ec2", WallTime{seconds{1'440'938'160}}, false};
}

Signable request_for(std::string path, Query query = {}, http::Headers headers = {}) {
  Signable request;
  request.host = "examplebucket.s3.amazonaws.com";
  request.path = std::move(path);
  request.query = std::move(query);
  request.headers = std::move(headers);
  return request;
}

std::string signature_in(const Signed& result) {
  const std::string authorization{http::find_header(result.headers, "authorization")};
  return authorization.substr(authorization.rfind('=') + 1);
}

/// Line `at` of the canonical request, counted from 0.
std::string line_of(const Signable& request, const SigningScope& scope, std::size_t at) {
  const std::string text = canonical_request(request, scope);
  std::size_t start = 0;
  for (; at > 0; --at) start = text.find('\n', start) + 1;
  return text.substr(start, text.find('\n', start) - start);
}

std::size_t count_of(const http::Headers& headers, const std::string& name) {
  return static_cast<std::size_t>(std::count_if(
      headers.begin(), headers.end(), [&](const http::Header& h) { return h.name == name; }));
}

// Source of the four signatures: "Signature Calculations for the Authorization Header" and
// "Authenticating Requests: Using Query Parameters", Amazon S3 API Reference.
TEST_CASE("signature: S3's documented GET of a range") {
  const Signed result =
      sign(request_for("/test.txt", {}, {{"Range", "bytes=0-9"}}), s3_scope(), credentials());
  CHECK(result.target == "/test.txt");
  CHECK(http::find_header(result.headers, "authorization") ==
        "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request, "
        "SignedHeaders=host;range;x-amz-content-sha256;x-amz-date, "
        "Signature=f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41");
}

TEST_CASE("signature: S3's documented PUT, whose key has a sign to encode") {
  Signable put = request_for(
      "/test$file.text", {},
      {{"Date", "Fri, 24 May 2013 00:00:00 GMT"}, {"x-amz-storage-class", "REDUCED_REDUNDANCY"}});
  put.method = "PUT";
  put.payload_sha256 = to_hex(sha256(as_bytes("Welcome to Amazon S3.")));
  const Signed result = sign(put, s3_scope(), credentials());
  CHECK(result.target == "/test%24file.text");
  CHECK(signature_in(result) == "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd");
}

TEST_CASE("signature: S3's documented list, with a query") {
  const Signed result =
      sign(request_for("/", {{"prefix", "J"}, {"max-keys", "2"}}), s3_scope(), credentials());
  CHECK(result.target == "/?max-keys=2&prefix=J");
  CHECK(signature_in(result) == "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7");
}

TEST_CASE("signature: S3's documented presigned URL") {
  const std::string target =
      presign(request_for("/test.txt"), s3_scope(), credentials(), seconds{86'400});
  CHECK(target ==
        "/test.txt?X-Amz-Algorithm=AWS4-HMAC-SHA256"
        "&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3%2Faws4_request"
        "&X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400&X-Amz-SignedHeaders=host"
        "&X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404");
}

TEST_CASE("signature: S3 takes the path as it is, encoded once") {
  CHECK(line_of(request_for("/a//b/../c/./d e+%"), s3_scope(), 1) == "/a//b/../c/./d%20e%2B%25");
  CHECK(sign(request_for("/a//b/../c"), s3_scope(), credentials()).target == "/a//b/../c");
}

TEST_CASE("signature: other services want the path normalised and encoded twice") {
  const auto path = [](const char* text) { return line_of(request_for(text), ec2_scope(), 1); };
  CHECK(path("/") == "/");
  CHECK(path("") == "/");
  CHECK(path("//") == "/");
  CHECK(path("/./") == "/");
  CHECK(path("/a/../..") == "/");
  CHECK(path("/a//b/./c/") == "/a/b/c/");
  CHECK(path("/a/b/../c") == "/a/c");
  CHECK(path("/d e") == "/d%2520e");
  CHECK(path("/\xc3\xa9") == "/%25C3%25A9");
  CHECK(sign(request_for("/d e"), ec2_scope(), credentials()).target == "/d%20e");
}

TEST_CASE("signature: the query is sorted by encoded name and then value, and sent that way") {
  const Query query{{"b", "2"}, {"a", "~"}, {"a", ""}, {"a", "%"}, {"B", "x y"}, {"\xc3\xa9", "/"}};
  const std::string sorted = "%C3%A9=%2F&B=x%20y&a=&a=%25&a=~&b=2";
  CHECK(line_of(request_for("/", query), s3_scope(), 2) == sorted);
  CHECK(sign(request_for("/", query), s3_scope(), credentials()).target == "/?" + sorted);
  // Encoded, 'a-' comes before 'a%'... but not before 'a%2B': '%' is less than '-'.
  CHECK(line_of(request_for("/", {{"a-", ""}, {"a+", ""}}), s3_scope(), 2) == "a%2B=&a-=");
}

TEST_CASE("signature: header values are trimmed, runs of spaces are one, repeats are joined") {
  const Signable request = request_for(
      "/", {}, {{"X-Two", "  b \t  c "}, {"x-one", ""}, {"x-two", "a"}, {"HOST", "somebody.else"}});
  const std::string canonical = canonical_request(request, s3_scope());
  CHECK_THAT(canonical, Contains("\nhost:examplebucket.s3.amazonaws.com\nx-one:\nx-two:b c,a\n\n"
                                 "host;x-one;x-two\n"));
}

TEST_CASE("signature: a host with a port of its own is signed with it") {
  Signable request = request_for("/");
  request.host = "127.0.0.1:9000";
  CHECK_THAT(canonical_request(request, s3_scope()), Contains("\nhost:127.0.0.1:9000\n"));
}

TEST_CASE("signature: the headers of signing come by themselves, and once") {
  const Signable request = request_for("/", {},
                                       {{"X-Amz-Date", "19990101T000000Z"},
                                        {"Authorization", "x"},
                                        {"X-Amz-Security-Token", "old"},
                                        {"X-Amz-Content-SHA256", "old"},
                                        {"Host", "old"},
                                        {"x-amz-meta-a", "kept"}});
  const http::Headers headers = sign(request, s3_scope(), temporary()).headers;
  REQUIRE(headers.size() == 5);
  CHECK(count_of(headers, "x-amz-date") == 1);
  CHECK(count_of(headers, "x-amz-content-sha256") == 1);
  CHECK(count_of(headers, "x-amz-security-token") == 1);
  CHECK(count_of(headers, "authorization") == 1);
  CHECK(http::find_header(headers, "x-amz-date") == "20130524T000000Z");
  CHECK(http::find_header(headers, "x-amz-meta-a") == "kept");
  CHECK(http::find_header(headers, "x-amz-content-sha256") == to_hex(sha256({})));
}

TEST_CASE("signature: a session token is a signed header") {
  const http::Headers headers = sign(request_for("/"), ec2_scope(), temporary()).headers;
  CHECK(http::find_header(headers, "x-amz-security-token") == "the/token+=");
  CHECK_THAT(std::string{http::find_header(headers, "authorization")},
             Contains("SignedHeaders=host;x-amz-date;x-amz-security-token,"));
  // Only S3 wants the digest of the body as a header.
  CHECK(http::find_header(headers, "x-amz-content-sha256").empty());
}

TEST_CASE("signature: a presigned URL holds the token, and names the headers to send") {
  const std::string target =
      presign(request_for("/k", {{"versionId", "3"}}, {{"If-None-Match", "*"}, {"Host", "x"}}),
              s3_scope(), temporary(), seconds{60});
  CHECK_THAT(target, Contains("X-Amz-Security-Token=the%2Ftoken%2B%3D"));
  CHECK_THAT(target, Contains("X-Amz-SignedHeaders=host%3Bif-none-match&"));
  CHECK_THAT(target, Contains("versionId=3"));
}

TEST_CASE("signature: a presigned URL lives for a second to seven days") {
  const auto expires = [](seconds wanted) {
    return presign(request_for("/k"), s3_scope(), credentials(), wanted);
  };
  CHECK_THAT(expires(seconds{0}), Contains("X-Amz-Expires=1&"));
  CHECK_THAT(expires(seconds{604'800}), Contains("X-Amz-Expires=604800&"));
  CHECK_THAT(expires(seconds{604'801}), Contains("X-Amz-Expires=604800&"));
}

TEST_CASE("signature: who verifies takes the same steps with the headers that were signed") {
  const Signable request = request_for("/k y", {{"q", "1"}}, {{"x-amz-meta-a", " b  c "}});
  const Signed result = sign(request, s3_scope(), temporary());

  Signable received = request;
  received.headers = result.headers;
  received.headers.pop_back();  // The authorization.
  received.payload_sha256 = std::string{http::find_header(result.headers, "x-amz-content-sha256")};
  const std::string canonical = canonical_request(received, s3_scope());
  CHECK(signature_of(string_to_sign(canonical, s3_scope()), s3_scope(), kSecret) ==
        signature_in(result));
}

TEST_CASE("signature: the secret is in nothing that is sent") {
  const Signed result = sign(request_for("/k"), s3_scope(), credentials());
  for (const http::Header& header : result.headers) {
    CHECK(header.value.find(kSecret) == std::string::npos);
  }
}

}  // namespace
}  // namespace gossamer::aws
