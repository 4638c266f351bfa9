// What services answer with, and what of it may be shown.

#include <catch2/catch.hpp>
#include <string>

#include "aws/container_credentials.hpp"
#include "aws/credentials_json.hpp"
#include "aws/metadata_documents.hpp"
#include "aws/web_identity.hpp"

namespace gossamer::aws {
namespace {

TEST_CASE("credentials: the JSON of containers and instance roles", "[aws]") {
  const auto parse = [](const std::string& text) { return parse_credentials_json(as_bytes(text)); };
  const auto whole = parse(
      R"({"Code": "Success", "AccessKeyId": "K", "SecretAccessKey": "SECRET", "Token": "T",
          "Expiration": "2026-01-02T03:04:05Z"})");
  REQUIRE(whole);
  CHECK(whole->access_key_id == "K");
  CHECK(whole->secret_access_key.reveal() == "SECRET");
  CHECK(whole->session_token.reveal() == "T");
  CHECK(whole->expires == parse_iso_time("2026-01-02T03:04:05Z"));
  CHECK_FALSE(parse(R"({"AccessKeyId": "K", "SecretAccessKey": "S"})").value().expires);

  struct Refused {
    const char* text;
    const char* error;
  };
  for (const Refused& row : std::initializer_list<Refused>{
           {"SECRET", "the answer is not a JSON object"},
           {"", "the answer is not a JSON object"},
           {"[\"SECRET\"]", "the answer is not a JSON object"},
           {"{\"AccessKeyId\": \"SECRET", "the answer is not a JSON object"},
           {R"({"AccessKeyId": "SECRET"})", "the answer has no SecretAccessKey"},
           {R"({"AccessKeyId": 7, "SecretAccessKey": "SECRET"})", "the answer has no AccessKeyId"},
           {R"({"AccessKeyId": "K", "SecretAccessKey": "SECRET", "Expiration": "SECRET"})",
            "the answer's Expiration is not a time"},
           {R"({"AccessKeyId": "K", "SecretAccessKey": "SECRET", "Expiration": 7})",
            "the answer's Expiration is not a time"},
           {R"({"AccessKeyId": "K\n", "SecretAccessKey": "SECRET"})",
            "the answer's AccessKeyId has control characters in it"},
           {R"({"AccessKeyId": "K", "SecretAccessKey": "SECRET\u0001"})",
            "the answer's SecretAccessKey has control characters in it"},
           {R"({"AccessKeyId": "K", "SecretAccessKey": "S", "Token": "SECRET\r\nx: y"})",
            "the answer's Token has control characters in it"},
           {R"({"Code": "Assume\nRole", "Message": "SECRET"})",
            "the answer's Code is 'Assume?Role'"},
       }) {
    INFO(row.text);
    const auto refused = parse(row.text);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().detail == row.error);
  }
  CHECK_FALSE(parse(std::string(60'000, '[')));
}

TEST_CASE("web identity: what STS answers with", "[aws]") {
  const auto parse = [](int status, const std::string& body) {
    http::Response response;
    response.status = status;
    response.body = to_bytes(body);
    return parse_assumed_role(response, "TOKEN");
  };
  const auto whole =
      parse(200,
            R"(<AssumeRoleWithWebIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
           <AssumeRoleWithWebIdentityResult><Credentials>
             <SessionToken>T&amp;T</SessionToken><SecretAccessKey>S</SecretAccessKey>
             <Expiration>2026-01-02T03:04:05Z</Expiration><AccessKeyId>K</AccessKeyId>
           </Credentials></AssumeRoleWithWebIdentityResult>
         </AssumeRoleWithWebIdentityResponse>)");
  REQUIRE(whole);
  CHECK(whole->access_key_id == "K");
  CHECK(whole->session_token.reveal() == "T&T");
  CHECK(whole->expires == parse_iso_time("2026-01-02T03:04:05Z"));

  const auto refused =
      parse(403,
            "<ErrorResponse><Error><Code>AccessDenied</Code><Message>Not authorized to perform "
            "sts:AssumeRoleWithWebIdentity</Message></Error></ErrorResponse>");
  CHECK(refused.error().code == ErrorCode::permission_denied);
  CHECK(refused.error().detail ==
        "STS answered with status 403 AccessDenied: Not authorized to perform "
        "sts:AssumeRoleWithWebIdentity");
  CHECK(parse(400,
              "<ErrorResponse><Error><Code>X</Code><Message>bad TOKEN</Message></Error>"
              "</ErrorResponse>")
            .error()
            .detail ==
        "STS answered with status 400 X: (its words hold the token and are left out)");
  CHECK(parse(503, "garbage").error().detail ==
        "STS answered with status 503 and no code: no reason is given");
  CHECK(parse(503, "").error().code == ErrorCode::unavailable);
  CHECK(parse(200, "SECRET").error().detail == "what STS answered is not XML");
  CHECK(parse(200, "<a/>").error().detail == "what STS answered has no AccessKeyId");
  const auto torn =
      parse(200,
            "<A><AssumeRoleWithWebIdentityResult><Credentials><AccessKeyId>K</AccessKeyId>"
            "<SecretAccessKey>S</SecretAccessKey><SessionToken>SEC&#13;&#10;RET</SessionToken>"
            "<Expiration>2026-01-02T03:04:05Z</Expiration></Credentials>"
            "</AssumeRoleWithWebIdentityResult></A>");
  REQUIRE_FALSE(torn);
  CHECK(torn.error().detail == "the keys that STS answered have control characters in them");
}

TEST_CASE("container: only this machine, or https, is told the token", "[aws]") {
  for (const char* good :
       {"http://127.0.0.1/x", "http://127.9.9.9:80/x", "http://localhost:1/", "http://[::1]:5/x",
        "http://169.254.170.2/v2", "http://169.254.170.23/v1/credentials",
        "http://[fd00:ec2::23]/v1", "https://example.com/x?y=z"}) {
    INFO(good);
    CHECK(check_container_uri(good));
  }
  for (const char* bad :
       {"http://example.com/x", "http://169.254.170.3/", "http://169.254.169.254/",
        "http://127.0.0.1@example.com/", "http://127.0.0.1.example.com/", "http://127.1/",
        "http://0x7f000001/", "http://[::2]/", "http://localhost.example.com/",
        "http://example.com#127.0.0.1", "http://127.0.0.1\\@example.com/", "ftp://127.0.0.1/",
        "http://", "https://", "", "http://127.0.0.1/a b", "http://127.0.0.1/\r\nx: y",
        "https://user@example.com/"}) {
    INFO(bad);
    const auto checked = check_container_uri(bad);
    REQUIRE_FALSE(checked);
    CHECK(checked.error().code == ErrorCode::invalid_argument);
  }
}

TEST_CASE("instance metadata: its documents", "[aws]") {
  const auto identity = parse_identity_document(
      R"({"accountId": "1", "availabilityZone": "us-east-1a", "instanceId": "i-1",
          "instanceType": "t3.small", "privateIp": "10.0.0.1", "region": "us-east-1",
          "kernelId": null})");
  REQUIRE(identity);
  CHECK(identity->instance_id == "i-1");
  CHECK(identity->zone == "us-east-1a");
  CHECK(identity->private_v4 == "10.0.0.1");
  CHECK(parse_identity_document("{}").error().detail == "the identity document has no instanceId");
  for (const char* region :
       {"us-east", "x@evil.example-1", "us-east-1/", "us\\n-east-1", "US-EAST-1"}) {
    const auto refused = parse_identity_document(R"({"instanceId": "i-1", "region": ")" +
                                                 std::string{region} + "\"}");
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == ErrorCode::corrupted);
    CHECK(refused.error().detail.find("is no region") != std::string::npos);
    CHECK(refused.error().detail.find('\n') == std::string::npos);
  }
  CHECK(parse_identity_document("<html>").error().code == ErrorCode::corrupted);

  using Kind = TerminationNotice::Kind;
  const auto spot = parse_instance_action(R"({"action": "stop", "time": "2026-01-02T03:04:05Z"})");
  REQUIRE(spot);
  CHECK(spot->kind == Kind::spot_stop);
  CHECK(spot->at == parse_iso_time("2026-01-02T03:04:05Z"));
  CHECK(parse_instance_action(R"({"action": "terminate"})").value().kind == Kind::spot_terminate);
  CHECK(parse_instance_action(R"({"action": "hibernate"})").value().kind == Kind::spot_hibernate);
  CHECK(parse_instance_action(R"({"action": "x\ny"})").error().detail ==
        "the spot instance action 'x?y' is not known");
  CHECK_FALSE(parse_instance_action("none"));
  const auto advice = parse_rebalance(R"({"noticeTime": "2026-01-02T03:04:05Z"})");
  REQUIRE(advice);
  CHECK(advice->kind == Kind::rebalance);
  CHECK(advice->at);
  CHECK_FALSE(parse_rebalance("[]"));
  CHECK(parse_lines("a\n\nb\r\n") == std::vector<std::string>{"a", "b"});
}

}  // namespace
}  // namespace gossamer::aws
