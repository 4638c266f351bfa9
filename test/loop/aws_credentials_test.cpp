// The sources of credentials against services on loopback, and the session that puts them together.

#include <stdlib.h>

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "aws/session.hpp"
#include "aws/uri.hpp"
#include "loop/loop_fixture.hpp"
#include "loop/loopback_service.hpp"
#include "transport/uv_workers.hpp"

namespace gossamer::aws {
namespace {

using test::LoopbackService;
using Asked = LoopbackService::Asked;
using Answer = LoopbackService::Answer;

// Whatever must be in no error. The services say it wherever they can.
constexpr const char* kSecret = "SECRETSECRETSECRET";

std::string iso_time(WallTime at) {
  std::string text = to_basic_time(at);  // 20150830T123600Z
  for (const std::size_t place : {4U, 7U}) text.insert(place, "-");
  for (const std::size_t place : {13U, 16U}) text.insert(place, ":");
  return text;
}

std::string keys_json(const std::string& key, std::chrono::seconds life) {
  return R"({"Code": "Success", "AccessKeyId": ")" + key + R"(", "SecretAccessKey": ")" + kSecret +
         R"(", "Token": ")" + kSecret + R"(", "Expiration": ")" +
         iso_time(system_wall_time() + life) + "\"}";
}

std::string sts_xml(const std::string& key) {
  return "<AssumeRoleWithWebIdentityResponse><AssumeRoleWithWebIdentityResult><Credentials>"
         "<AccessKeyId>" +
         key + "</AccessKeyId><SecretAccessKey>" + kSecret + "</SecretAccessKey><SessionToken>" +
         kSecret + "</SessionToken><Expiration>" +
         iso_time(system_wall_time() + std::chrono::hours{1}) +
         "</Expiration></Credentials></AssumeRoleWithWebIdentityResult>"
         "</AssumeRoleWithWebIdentityResponse>";
}

/// A node's surroundings: a home, an environment, and one service for all that is asked over HTTP.
/// Everything that the services hear of is answered by `answers`, by method and path.
struct SessionFixture : test::LoopFixture {
  SessionFixture()
      : workers(std::move(UvWorkers::open(loop(), 2).value())),
        service([this](const Asked& asked) { return answer(asked); }) {
    char pattern[] = "/tmp/gossamer-aws-XXXXXX";
    REQUIRE(mkdtemp(pattern) != nullptr);
    home = pattern;
    std::filesystem::create_directory(home + "/.aws");
    variables["HOME"] = home;
    options.metadata_endpoint = service.url();
    options.sts_endpoint = service.url();
    at("PUT /latest/api/token", {200, "token"});
  }
  ~SessionFixture() {
    session.reset();
    workers->close();
    std::filesystem::remove_all(home);
  }

  Answer answer(const Asked& asked) {
    const auto found = answers.find(asked.method + " " + asked.target);
    return found == answers.end() ? Answer{404} : found->second;
  }
  void at(const std::string& request, Answer with) {
    service.change([&] { answers[request] = std::move(with); });
  }
  void write(const std::string& name, const std::string& text) const {
    std::ofstream{home + "/" + name} << text;
  }

  Session& open() {
    session = std::make_unique<Session>(
        loop(), *workers, options, 1,
        [variables = variables](const std::string& name) -> std::optional<std::string> {
          const auto found = variables.find(name);
          if (found == variables.end()) return std::nullopt;
          return found->second;
        });
    return *session;
  }
  /// Of the session that is open, or of a new one.
  Result<Credentials> get() {
    if (session == nullptr) open();
    const auto chain = session->credentials();
    REQUIRE(chain);
    std::optional<Result<Credentials>> got;
    (*chain)->get([&](Result<Credentials> credentials) { got = std::move(credentials); });
    REQUIRE(run_until([&] { return got.has_value(); }));
    if (!*got) {
      INFO(got->error().detail);
      CHECK(got->error().detail.find(kSecret) == std::string::npos);
    }
    return std::move(*got);
  }
  std::string source() { return std::string{session->credentials().value()->source()}; }

  std::unique_ptr<UvWorkers> workers;
  std::map<std::string, Answer> answers;
  LoopbackService service;
  std::string home;
  std::map<std::string, std::string> variables;
  AwsOptions options;
  std::unique_ptr<Session> session;
};

constexpr const char* kRoles = "GET /latest/meta-data/iam/security-credentials/";

TEST_CASE("session: credentials come from the first source that is configured", "[aws]") {
  SessionFixture fixture;
  // All at once; then the first is taken away, again and again.
  fixture.options.access_key_id = "OPTIONS";
  fixture.options.secret_access_key = kSecret;
  fixture.variables["AWS_ACCESS_KEY_ID"] = "ENVIRONMENT";
  fixture.variables["AWS_SECRET_ACCESS_KEY"] = kSecret;
  fixture.variables["AWS_WEB_IDENTITY_TOKEN_FILE"] = fixture.home + "/token";
  fixture.variables["AWS_ROLE_ARN"] = "arn:aws:iam::1:role/r";
  fixture.write("token", "TOKEN\n");
  fixture.at("POST /", {200, sts_xml("WEB")});
  fixture.write(".aws/credentials", std::string{"[default]\naws_access_key_id = FILE\n"} +
                                        "aws_secret_access_key = " + kSecret + "\n");
  fixture.variables["AWS_CONTAINER_CREDENTIALS_FULL_URI"] = fixture.service.url() + "/container";
  fixture.at("GET /container", {200, keys_json("CONTAINER", std::chrono::hours{1})});
  fixture.at(kRoles, {200, "role"});
  fixture.at(std::string{kRoles} + "role", {200, keys_json("ROLE", std::chrono::hours{1})});

  const auto expect = [&](const std::string& key, const std::string& source) {
    fixture.open();
    const auto got = fixture.get();
    REQUIRE(got);
    CHECK(got->access_key_id == key);
    CHECK(got->secret_access_key.reveal() == kSecret);
    CHECK(fixture.source() == source);
  };
  expect("OPTIONS", "options");
  fixture.options.access_key_id = fixture.options.secret_access_key = "";
  expect("ENVIRONMENT", "environment");
  fixture.variables.erase("AWS_ACCESS_KEY_ID");
  fixture.variables.erase("AWS_SECRET_ACCESS_KEY");
  expect("WEB", "web identity");
  fixture.options.profile = "default";
  expect("FILE", "profile 'default'");  // Who names a profile means it.
  fixture.options.profile = "";
  fixture.variables.erase("AWS_WEB_IDENTITY_TOKEN_FILE");
  expect("FILE", "profile 'default'");
  fixture.write(".aws/credentials", "");
  expect("CONTAINER", "container");
  fixture.variables.erase("AWS_CONTAINER_CREDENTIALS_FULL_URI");
  expect("ROLE", "instance role");
  fixture.at(kRoles, {404});
  fixture.open();
  const auto none = fixture.get();
  REQUIRE_FALSE(none);
  CHECK(none.error().code == ErrorCode::permission_denied);
  CHECK(none.error().detail ==
        "no AWS credentials: options: access_key_id is not set; environment: AWS_ACCESS_KEY_ID is "
        "not set; web identity: AWS_WEB_IDENTITY_TOKEN_FILE is not set; profile 'default': it has "
        "no keys in '" +
            fixture.home + "/.aws/credentials' or '" + fixture.home +
            "/.aws/config'; container: neither AWS_CONTAINER_CREDENTIALS_RELATIVE_URI nor "
            "AWS_CONTAINER_CREDENTIALS_FULL_URI is set; instance role: the instance has no role");
  fixture.variables["AWS_EC2_METADATA_DISABLED"] = "True";
  fixture.open();
  CHECK_THAT(fixture.get().error().detail,
             Catch::EndsWith("instance role: AWS_EC2_METADATA_DISABLED is true"));
}

TEST_CASE("web identity: the token is in the body, its file is read anew, and it is nowhere else",
          "[aws]") {
  SessionFixture fixture;
  fixture.variables["AWS_WEB_IDENTITY_TOKEN_FILE"] = fixture.home + "/token";
  fixture.variables["AWS_ROLE_ARN"] = "arn:aws:iam::1:role/r";
  fixture.variables["AWS_ROLE_SESSION_NAME"] = "node-1";
  fixture.write("token", std::string{"  "} + kSecret + "\n");
  fixture.at("POST /", {200, sts_xml("A")});
  const auto got = fixture.get();
  REQUIRE(got);
  CHECK(got->access_key_id == "A");
  CHECK(got->session_token.reveal() == kSecret);
  CHECK(got->expires);
  const Asked asked = fixture.service.asked().at(0);
  CHECK(asked.target == "/");
  CHECK(asked.headers.at("content-type") == "application/x-www-form-urlencoded");
  CHECK(asked.headers.count("authorization") == 0);
  CHECK(asked.body == std::string{"Action=AssumeRoleWithWebIdentity&Version=2011-06-15"
                                  "&RoleArn=arn%3Aaws%3Aiam%3A%3A1%3Arole%2Fr"
                                  "&RoleSessionName=node-1&WebIdentityToken="} +
                          kSecret);

  fixture.write("token", "ROTATED");
  fixture.at("POST /", {200, sts_xml("B")});
  fixture.session->credentials().value()->refused("A");
  CHECK(fixture.get().value().access_key_id == "B");
  CHECK_THAT(fixture.service.asked().at(1).body, Catch::EndsWith("&WebIdentityToken=ROTATED"));
}

TEST_CASE("web identity: what goes wrong is told, without the token", "[aws]") {
  SessionFixture fixture;
  fixture.variables["AWS_WEB_IDENTITY_TOKEN_FILE"] = fixture.home + "/token";
  fixture.variables["AWS_ROLE_ARN"] = "arn:aws:iam::1:role/r";
  fixture.write("token", kSecret);
  const auto error = [&] {
    fixture.open();
    return fixture.get().error();
  };
  const auto contains = [&](const std::string& text) {
    const Error got = error();
    CHECK_THAT(got.detail, Catch::Contains(text));
  };
  fixture.at("POST /",
             {403, std::string{"<ErrorResponse><Error><Code>AccessDenied</Code><Message>"} + "no " +
                       kSecret + "</Message></Error></ErrorResponse>"});
  contains("STS answered with status 403 AccessDenied");
  fixture.at("POST /", {200, std::string{"<x>"} + kSecret});
  contains("what STS answered is not XML");
  fixture.at("POST /", {200, std::string(100'000, 'x')});
  CHECK(error().code == ErrorCode::resource_exhausted);
  fixture.write("token", std::string{kSecret} + "\n" + kSecret);
  contains("file '" + fixture.home + "/token' holds no token: there are control characters in it");
  fixture.write("token", " \n");
  contains("holds no token: it is empty");
  std::filesystem::remove(fixture.home + "/token");
  contains("there is no file '" + fixture.home + "/token'");
  fixture.variables.erase("AWS_ROLE_ARN");
  contains("AWS_WEB_IDENTITY_TOKEN_FILE is set and AWS_ROLE_ARN is not");
}

TEST_CASE("web identity: STS that cannot reach the identity's provider is asked again", "[aws]") {
  SessionFixture fixture;
  fixture.variables["AWS_WEB_IDENTITY_TOKEN_FILE"] = fixture.home + "/token";
  fixture.variables["AWS_ROLE_ARN"] = "arn:aws:iam::1:role/r";
  fixture.write("token", kSecret);
  fixture.at(
      "POST /",
      {400, "<ErrorResponse><Error><Code>IDPCommunicationError</Code></Error></ErrorResponse>"});
  CHECK_FALSE(fixture.get());
  CHECK(fixture.service.count("POST /") == 3);
}

TEST_CASE("profile: a role for a web identity, by the files alone", "[aws]") {
  SessionFixture fixture;
  fixture.variables["AWS_PROFILE"] = "p";
  fixture.write("token", kSecret);
  fixture.write(".aws/config", "[profile p]\nrole_arn = R\nweb_identity_token_file = " +
                                   fixture.home + "/token\n");
  fixture.at("POST /", {200, sts_xml("A")});
  CHECK(fixture.get().value().access_key_id == "A");
  CHECK(fixture.source() == "profile 'p'");
  CHECK_THAT(fixture.service.asked().at(0).body, Catch::Contains("&RoleSessionName=gossamer&"));
}

TEST_CASE("profile: keys that were changed in the file are had without a restart", "[aws]") {
  SessionFixture fixture;
  const auto write = [&](const std::string& key) {
    fixture.write(".aws/credentials", "[default]\naws_access_key_id = " + key +
                                          "\naws_secret_access_key = " + kSecret + "\n");
  };
  write("A");
  CHECK(fixture.get().value().access_key_id == "A");
  write("B");
  CHECK(fixture.get().value().access_key_id == "A");
  fixture.session->credentials().value()->refused("A");
  CHECK(fixture.get().value().access_key_id == "B");
}

TEST_CASE("profile: a broken file ends the search, and says where it is broken", "[aws]") {
  SessionFixture fixture;
  fixture.write(".aws/credentials",
                std::string{"[default]\naws_secret_access_key "} + kSecret + "\n");
  const auto got = fixture.get();
  REQUIRE_FALSE(got);
  CHECK_THAT(got.error().detail, Catch::EndsWith("profile 'default': file '" + fixture.home +
                                                 "/.aws/credentials', line 2: neither a [section] "
                                                 "nor a 'key = value'"));
}

TEST_CASE("container: the token of the environment, or of a file that is read anew", "[aws]") {
  SessionFixture fixture;
  fixture.variables["AWS_CONTAINER_CREDENTIALS_FULL_URI"] =
      fixture.service.url() + "/c?x=" + kSecret;
  fixture.variables["AWS_CONTAINER_AUTHORIZATION_TOKEN"] = "of-environment";
  const std::string request = std::string{"GET /c?x="} + kSecret;
  fixture.at(request, {200, keys_json("A", std::chrono::hours{1})});
  REQUIRE(fixture.get());
  CHECK(fixture.service.asked().at(0).headers.at("authorization") == "of-environment");

  fixture.variables["AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"] = fixture.home + "/token";
  const auto error = [&] {
    fixture.open();
    return fixture.get().error().detail;
  };
  CHECK_THAT(error(), Catch::EndsWith("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: there is no file '" +
                                      fixture.home + "/token'"));
  fixture.write("token", "of-file\n");
  fixture.open();
  REQUIRE(fixture.get());
  CHECK(fixture.service.asked().back().headers.at("authorization") == "of-file");

  const std::string place = "container: the endpoint of AWS_CONTAINER_CREDENTIALS_FULL_URI: ";
  fixture.at(request, {403, kSecret});
  CHECK_THAT(error(), Catch::EndsWith(place + "it answered with status 403"));
  fixture.at(request, {200, std::string{"<"} + kSecret});
  CHECK_THAT(error(), Catch::EndsWith(place + "the answer is not a JSON object"));
  fixture.at(request, {200, std::string(100'000, 'x')});
  CHECK_THAT(error(), Catch::Contains(place));
  fixture.variables["AWS_CONTAINER_CREDENTIALS_FULL_URI"] =
      std::string{"http://example.com/"} + kSecret;
  CHECK_THAT(error(), Catch::Contains("is neither https nor at 127.0.0.1"));
  fixture.variables["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"] = std::string{"@x/"} + kSecret;
  CHECK_THAT(error(), Catch::EndsWith("is not a path that begins with '/'"));
}

TEST_CASE("instance role: what goes wrong is told without what was answered", "[aws]") {
  SessionFixture fixture;
  const std::string role = std::string{kRoles} + "role";
  const auto error = [&] {
    fixture.open();
    return fixture.get().error().detail;
  };
  fixture.at(kRoles, {200, std::string{"../"} + kSecret});
  CHECK_THAT(error(), Catch::EndsWith("lists no name of a role"));
  fixture.at(kRoles, {200, "role\n"});
  fixture.at(role, {200, std::string{R"({"Code": "AssumeRoleUnauthorizedAccess", "Message": ")"} +
                             kSecret + "\"}"});
  CHECK_THAT(error(), Catch::EndsWith("instance role: role 'role': the answer's Code is "
                                      "'AssumeRoleUnauthorizedAccess'"));
  fixture.at(role, {200, std::string{R"({"AccessKeyId": ")"} + kSecret + "\"}"});
  CHECK_THAT(error(), Catch::EndsWith("the answer has no SecretAccessKey"));
  fixture.at("PUT /latest/api/token", {403, kSecret});
  CHECK_THAT(error(), Catch::Contains("HttpPutResponseHopLimit to 2 in a container"));
}

TEST_CASE("session: the region is found where the AWS tools find it", "[aws]") {
  SessionFixture fixture;
  fixture.at("GET /latest/dynamic/instance-identity/document",
             {200, R"({"instanceId": "i-1", "region": "of-machine-1"})"});
  fixture.write(".aws/config", "[default]\nregion = of-profile\n");
  fixture.options.region = "of-options";
  fixture.variables["AWS_REGION"] = "of-environment";
  fixture.variables["AWS_DEFAULT_REGION"] = "of-default";
  const auto find = [&](const std::string& stated) {
    std::optional<Result<std::string>> region;
    fixture.open().find_region(stated, [&](Result<std::string> found) { region = found; });
    CHECK_FALSE(region);
    REQUIRE(fixture.run_until([&] { return region.has_value(); }));
    return *region;
  };
  CHECK(find("stated").value() == "stated");
  CHECK(find("").value() == "of-options");
  fixture.options.region = "";
  CHECK(find("").value() == "of-environment");
  fixture.variables.erase("AWS_REGION");
  CHECK(find("").value() == "of-default");
  fixture.variables.erase("AWS_DEFAULT_REGION");
  CHECK(find("").value() == "of-profile");
  fixture.write(".aws/config", "");
  CHECK(find("").value() == "of-machine-1");
  fixture.variables["AWS_EC2_METADATA_DISABLED"] = "true";
  const auto none = find("");
  REQUIRE_FALSE(none);
  CHECK(none.error().code == ErrorCode::invalid_argument);
  CHECK_THAT(
      none.error().detail,
      Catch::Contains("neither stated nor in AWS_REGION, AWS_DEFAULT_REGION or the profile") &&
          Catch::Contains("AWS_EC2_METADATA_DISABLED is true"));
}

TEST_CASE("session: endpoints are found where the AWS tools find them", "[aws]") {
  SessionFixture fixture;
  const auto find = [&](const std::string& service, const std::string& stated = {}) {
    std::optional<Result<std::string>> url;
    fixture.open().find_endpoint(service, stated, [&](Result<std::string> found) { url = found; });
    CHECK_FALSE(url);
    REQUIRE(fixture.run_until([&] { return url.has_value(); }));
    return url->value();
  };
  CHECK(find("s3").empty());
  fixture.write(".aws/config",
                "[default]\nendpoint_url = http://p\ns3 =\n  endpoint_url = http://ps3\n");
  CHECK(find("s3") == "http://ps3");
  CHECK(find("ec2") == "http://p");
  fixture.variables["AWS_ENDPOINT_URL"] = "http://e";
  CHECK(find("s3") == "http://e");
  fixture.variables["AWS_ENDPOINT_URL_S3"] = "http://es3";
  CHECK(find("s3") == "http://es3");
  CHECK(find("ec2") == "http://e");
  CHECK(find("s3", "http://stated") == "http://stated");
  fixture.variables["AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"] = "true";
  CHECK(find("s3").empty());
}

TEST_CASE(
    "session: an endpoint of the environment that is none is refused by its variable, and not "
    "shown",
    "[aws]") {
  SessionFixture fixture;
  for (const char* name : {"AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3"}) {
    for (const std::string& url : {std::string{"http://u:"} + kSecret + "@127.0.0.1:1",
                                   std::string{"garbage"}, std::string{"ftp://h"}}) {
      CAPTURE(name, url);
      fixture.variables = {{"HOME", fixture.home}, {name, url}};
      std::optional<Result<std::string>> found;
      fixture.open().find_endpoint("s3", "", [&](Result<std::string> with) { found = with; });
      REQUIRE(fixture.run_until([&] { return found.has_value(); }));
      REQUIRE_FALSE(*found);
      CHECK(found->error().code == ErrorCode::invalid_argument);
      CHECK_THAT(found->error().detail, Catch::StartsWith(std::string{name} + ": the endpoint"));
      CHECK_THAT(found->error().detail, !Catch::Contains(kSecret));
    }
  }
}

TEST_CASE("session: certificates that cannot be read are told as such, whatever was asked for",
          "[aws]") {
  SessionFixture fixture;
  fixture.variables["AWS_CA_BUNDLE"] = "/absent/bundle";
  const std::string said = "AWS_CA_BUNDLE: cannot read the file of certificates '/absent/bundle'";
  CHECK(fixture.open().credentials().error().detail == said);
  CHECK(fixture.open().metadata().error().detail == said);
  std::optional<Result<std::string>> region;
  fixture.open().find_region("", [&](Result<std::string> found) { region = found; });
  REQUIRE(fixture.run_until([&] { return region.has_value(); }));
  CHECK(region->error().detail == said);
  fixture.options.ca_file = "/absent/other";
  CHECK_THAT(fixture.open().client().error().detail, Catch::StartsWith("AwsOptions::ca_file: "));
}

TEST_CASE("session: where nothing is found, a file that is named and absent is told", "[aws]") {
  SessionFixture fixture;
  fixture.variables["AWS_CONFIG_FILE"] = "/absent/config";
  fixture.variables["AWS_EC2_METADATA_DISABLED"] = "true";
  const std::string said = "there is no file '/absent/config' (AWS_CONFIG_FILE)";
  std::optional<Result<std::string>> region;
  fixture.open().find_region("", [&](Result<std::string> found) { region = found; });
  REQUIRE(fixture.run_until([&] { return region.has_value(); }));
  CHECK_THAT(region->error().detail, Catch::Contains(said));
  CHECK_THAT(fixture.get().error().detail, Catch::Contains(said));
}

TEST_CASE("session: a metadata endpoint that is none is refused, and a closed session too",
          "[aws]") {
  SessionFixture fixture;
  fixture.options.metadata_endpoint = std::string{"http://u:"} + kSecret + "@x";
  const auto metadata = fixture.open().metadata();
  REQUIRE_FALSE(metadata);
  CHECK(metadata.error().code == ErrorCode::invalid_argument);
  CHECK(metadata.error().detail.find(kSecret) == std::string::npos);
  fixture.session->close();
  CHECK(fixture.session->client().error().code == ErrorCode::cancelled);
  CHECK(fixture.session->credentials().error().code == ErrorCode::cancelled);
}

TEST_CASE("session: what is no region's name is refused, and where it stands is said", "[aws]") {
  SessionFixture fixture;
  const bool is_in_environment = GENERATE(true, false);
  if (is_in_environment) {
    fixture.variables["AWS_REGION"] = "us east\n";
  } else {
    fixture.write(".aws/config", "[default]\nregion = us east\n");
  }
  std::optional<Result<std::string>> region;
  fixture.open().find_region("", [&](Result<std::string> found) { region = std::move(found); });
  REQUIRE(fixture.run_until([&] { return region.has_value(); }));
  REQUIRE_FALSE(*region);
  CHECK(region->error().code == ErrorCode::invalid_argument);
  CHECK(region->error().detail ==
        (is_in_environment ? "the region 'us east?' (stated, or in AWS_REGION or "
                             "AWS_DEFAULT_REGION) must be a region's name, such as eu-west-1"
                           : "the region 'us east' (in the profile) must be a region's name, such "
                             "as eu-west-1"));
}

TEST_CASE("session: closed while everything is asked for, it answers nobody", "[aws]") {
  SessionFixture fixture;
  fixture.at(kRoles, {200, "", "", true});
  fixture.open();
  bool is_told = false;
  fixture.session->credentials().value()->get([&](Result<Credentials>) { is_told = true; });
  fixture.session->find_region("", [&](Result<std::string>) { is_told = true; });
  fixture.session->find_region("x", [&](Result<std::string>) { is_told = true; });
  fixture.session->metadata().value()->identity([&](Result<InstanceIdentity>) { is_told = true; });
  const bool is_later = GENERATE(false, true);
  if (is_later) {
    REQUIRE(fixture.run_until([&] { return fixture.service.count(kRoles) == 1; }));
    is_told = false;
  }
  SECTION("closed") {
    fixture.session->close();
  }
  SECTION("destroyed") {
    fixture.session.reset();
  }
  bool is_over = false;
  fixture.workers->run([] {}, [&] { is_over = true; });
  REQUIRE(fixture.run_until([&] { return is_over; }));
  CHECK_FALSE(is_told);
}

}  // namespace
}  // namespace gossamer::aws
