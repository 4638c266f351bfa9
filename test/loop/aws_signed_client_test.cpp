#include <algorithm>
#include <catch2/catch.hpp>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "aws/digest.hpp"
#include "aws/signed_client.hpp"
#include "aws/uri.hpp"
#include "loop/loop_fixture.hpp"
#include "loop/scripted_service.hpp"
#include "transport/uv_workers.hpp"

namespace gossamer::aws {
namespace {

using Catch::Contains;
using std::chrono::milliseconds;
using std::chrono::seconds;
using test::ScriptedService;

constexpr const char* kSecretPart = "s3cr3t";
// Sun, 30 Aug 2015 12:36:00 GMT: what our clock says in all of these.
const WallTime kNow{seconds{1'440'938'160}};

/// Gives other keys each time it is asked: KEY1, KEY2..
class CountingSource final : public CredentialsSource {
 public:
  CountingSource(bool is_temporary, int* asked) : is_temporary_(is_temporary), asked_(asked) {}
  std::string_view name() const noexcept override { return "test"; }
  void find(Found found) override {
    const std::string number = std::to_string(++*asked_);
    Credentials credentials;
    credentials.access_key_id = "KEY" + number;
    credentials.secret_access_key = Secret{kSecretPart + number};
    if (is_temporary_) credentials.session_token = Secret{"t0k3n" + number};
    found(std::optional{std::move(credentials)});
  }

 private:
  bool is_temporary_;
  int* asked_;
};

class FailingSource final : public CredentialsSource {
 public:
  std::string_view name() const noexcept override { return "test"; }
  void find(Found found) override { found(fail(ErrorCode::io, "the file is gone")); }
};

struct ClientFixture {
  explicit ClientFixture(std::vector<ScriptedService::Answer> answers, bool is_temporary = true,
                         std::string service_name = "s3")
      : service(std::move(answers)) {
    auto opened_workers = UvWorkers::open(fixture.loop(), 2);
    REQUIRE(opened_workers);
    workers = std::move(*opened_workers);
    auto opened = http::Client::open(fixture.loop(), *workers);
    REQUIRE(opened);
    http = std::move(*opened);
    make(std::make_unique<CountingSource>(is_temporary, &asked), std::move(service_name));
  }
  ~ClientFixture() {
    client.reset();
    chain.reset();
    http.reset();
    workers.reset();
  }

  void make(std::unique_ptr<CredentialsSource> source, std::string service_name) {
    std::vector<std::unique_ptr<CredentialsSource>> sources;
    sources.push_back(std::move(source));
    chain = std::make_unique<CredentialsChain>(std::move(sources), [] { return kNow; });
    client = std::make_unique<SignedClient>(
        fixture.loop(), *http, *chain,
        SignedClient::Options{service.endpoint(), "eu-west-1", std::move(service_name),
                              [] { return kNow; }},
        7);
  }

  /// The answer to `call`, which must come.
  Result<http::Response> send(Call call, unsigned attempts_max = 4) {
    http::RetryPolicy policy;
    policy.attempts_max = attempts_max;
    policy.pause = milliseconds{1};
    policy.pause_max = milliseconds{5};
    std::optional<Result<http::Response>> ended;
    bool is_inside = true;
    client->send(std::move(call), policy, [&](Result<http::Response> end) {
      CHECK_FALSE(is_inside);
      CHECK_FALSE(ended.has_value());
      ended = std::move(end);
    });
    is_inside = false;
    REQUIRE(fixture.run_until([&] { return ended.has_value(); }));
    return std::move(*ended);
  }
  int status_of(Call call = {}, unsigned attempts_max = 4) {
    const Result<http::Response> response = send(std::move(call), attempts_max);
    REQUIRE(response.has_value());
    return response->status;
  }

  test::LoopFixture fixture;
  ScriptedService service;
  int asked = 0;
  std::unique_ptr<UvWorkers> workers;
  std::unique_ptr<http::Client> http;
  std::unique_ptr<CredentialsChain> chain;
  std::unique_ptr<SignedClient> client;
};

ScriptedService::Answer ok() {
  return [](const std::string&) { return ScriptedService::answer(200, "fine"); };
}
ScriptedService::Answer status(int code, std::string headers = {}) {
  return [=](const std::string&) { return ScriptedService::answer(code, "", headers); };
}
ScriptedService::Answer error(int code, const std::string& name,
                              const std::string& date = "Sun, 30 Aug 2015 12:36:00 GMT") {
  return [=](const std::string&) {
    return ScriptedService::answer(code, "<Error><Code>" + name + "</Code></Error>",
                                   "Date: " + date + "\r\n");
  };
}

/// The value of a header in the head of a request.
std::string header_of(const std::string& head, const std::string& name) {
  std::string lower = head;
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  const std::size_t at = lower.find("\r\n" + name + ": ");
  if (at == std::string::npos) return {};
  const std::size_t start = at + name.size() + 4;
  return head.substr(start, head.find("\r\n", start) - start);
}
std::string key_of(const std::string& head) {
  const std::string authorization = header_of(head, "authorization");
  const std::size_t start = authorization.find("Credential=") + 11;
  return authorization.substr(start, authorization.find('/', start) - start);
}

TEST_CASE("signed client: what arrives is what was signed") {
  ClientFixture to{{ok()}};
  Call call;
  call.path = "/a b/k+\xc3\xa9";
  call.query = {{"x", "1 2"}, {"a", ""}};
  call.headers = {{"x-amz-meta-note", "  two  words "}};
  REQUIRE(to.status_of(call) == 200);

  const std::string head = to.service.requests().at(0);
  CHECK_THAT(head, Catch::StartsWith("GET /a%20b/k%2B%C3%A9?a=&x=1%202 HTTP/1.1\r\n"));
  Signable received;
  received.host = header_of(head, "host");
  received.path = call.path;
  received.query = call.query;
  for (const char* name :
       {"x-amz-meta-note", "x-amz-date", "x-amz-content-sha256", "x-amz-security-token"}) {
    received.headers.push_back({name, header_of(head, name)});
  }
  received.payload_sha256 = header_of(head, "x-amz-content-sha256");
  const SigningScope scope{"eu-west-1", "s3", kNow, true};
  const std::string signature =
      signature_of(string_to_sign(canonical_request(received, scope), scope), scope, "s3cr3t1");
  CHECK_THAT(header_of(head, "authorization"), Catch::EndsWith("Signature=" + signature));
  CHECK(header_of(head, "x-amz-security-token") == "t0k3n1");
}

TEST_CASE("signed client: another service is signed in its own form") {
  ClientFixture to{{ok()}, false, "ec2"};
  REQUIRE(to.status_of() == 200);
  const std::string head = to.service.requests().at(0);
  CHECK_THAT(header_of(head, "authorization"), Contains("/eu-west-1/ec2/aws4_request"));
  CHECK(header_of(head, "x-amz-content-sha256").empty());
  CHECK(header_of(head, "x-amz-security-token").empty());
}

TEST_CASE("signed client: any status that is not worth repeating is the answer") {
  for (const int code : {204, 304, 404, 409, 412}) {
    ClientFixture to{{status(code), ok()}};
    CHECK(to.status_of() == code);
    CHECK(to.service.requests().size() == 1);
  }
}

TEST_CASE("signed client: the clock's error is learnt from a refusal, once for all calls") {
  for (const char* code : {"RequestTimeTooSkewed", "RequestExpired", "SignatureDoesNotMatch",
                           "InvalidSignatureException", "AuthFailure"}) {
    CAPTURE(code);
    ClientFixture to{{error(403, code, "Sun, 30 Aug 2015 13:36:00 GMT"), ok(), ok()}};
    // Even with one attempt.
    CHECK(to.status_of({}, 1) == 200);
    CHECK(to.client->clock_error() == seconds{3600});
    CHECK(to.status_of({}, 1) == 200);
    const std::vector<std::string> requests = to.service.requests();
    REQUIRE(requests.size() == 3);
    CHECK(header_of(requests[0], "x-amz-date") == "20150830T123600Z");
    CHECK(header_of(requests[1], "x-amz-date") == "20150830T133600Z");
    CHECK(header_of(requests[2], "x-amz-date") == "20150830T133600Z");
    CHECK(to.asked == 1);
  }
}

TEST_CASE("signed client: a clock that is ahead is corrected too") {
  ClientFixture to{{error(403, "RequestTimeTooSkewed", "Sat, 29 Aug 2015 12:36:00 GMT"), ok()}};
  CHECK(to.status_of({}, 1) == 200);
  CHECK(to.client->clock_error() == -seconds{86'400});
  CHECK(header_of(to.service.requests().at(1), "x-amz-date") == "20150829T123600Z");
}

TEST_CASE("signed client: the clock is corrected once a call, then the refusal is the answer") {
  ClientFixture to{{error(403, "RequestTimeTooSkewed", "Sun, 30 Aug 2015 13:36:00 GMT"),
                    error(403, "RequestTimeTooSkewed", "Sun, 30 Aug 2015 15:36:00 GMT"), ok()}};
  CHECK(to.status_of() == 403);
  CHECK(to.service.requests().size() == 2);
}

TEST_CASE("signed client: a refusal by a server whose clock is ours has another reason") {
  ClientFixture to{{error(403, "SignatureDoesNotMatch", "Sun, 30 Aug 2015 12:39:00 GMT"), ok()}};
  CHECK(to.status_of() == 403);
  CHECK(to.client->clock_error() == seconds{0});
  CHECK(to.service.requests().size() == 1);
}

TEST_CASE("signed client: once corrected, the clock is no reason any more") {
  const std::string date = "Sun, 30 Aug 2015 13:36:00 GMT";
  ClientFixture to{{error(403, "RequestTimeTooSkewed", date), ok(),
                    error(403, "SignatureDoesNotMatch", date), ok()}};
  CHECK(to.status_of() == 200);
  CHECK(to.status_of() == 403);
  CHECK(to.service.requests().size() == 3);
}

TEST_CASE("signed client: without a Date nothing is known of the clock") {
  ClientFixture to{{error(403, "RequestTimeTooSkewed", "yesterday"), ok()}};
  CHECK(to.status_of() == 403);
  CHECK(to.service.requests().size() == 1);
}

TEST_CASE("signed client: what is not permitted is not a matter of the clock") {
  ClientFixture to{{error(403, "AccessDenied", "Sun, 30 Aug 2015 13:36:00 GMT"), ok()}};
  CHECK(to.status_of() == 403);
  CHECK(to.client->clock_error() == seconds{0});
}

TEST_CASE("signed client: a refused HEAD has no body, so the Date alone decides") {
  ClientFixture to{{status(403, "Date: Sun, 30 Aug 2015 13:36:00 GMT\r\n"), ok()}};
  Call head;
  head.method = "HEAD";
  CHECK(to.status_of(head, 1) == 200);
  CHECK(to.client->clock_error() == seconds{3600});
}

TEST_CASE("signed client: expired credentials are renewed, even with one attempt") {
  for (const char* code : {"ExpiredToken", "ExpiredTokenException", "RequestExpired",
                           "InvalidClientTokenId", "InvalidAccessKeyId"}) {
    CAPTURE(code);
    ClientFixture to{{error(400, code), ok()}};
    CHECK(to.status_of({}, 1) == 200);
    const std::vector<std::string> requests = to.service.requests();
    REQUIRE(requests.size() == 2);
    CHECK(key_of(requests[0]) == "KEY1");
    CHECK(key_of(requests[1]) == "KEY2");
    CHECK(header_of(requests[1], "x-amz-security-token") == "t0k3n2");
  }
}

TEST_CASE("signed client: credentials are renewed once a call, then the refusal is the answer") {
  ClientFixture to{{error(400, "ExpiredToken"), error(400, "ExpiredToken"), ok()}};
  CHECK(to.status_of() == 400);
  CHECK(to.service.requests().size() == 2);
  CHECK(to.asked == 2);
}

TEST_CASE("signed client: a key that lives for ever and is unknown stays unknown") {
  ClientFixture to{{error(403, "InvalidAccessKeyId"), ok()}, false};
  CHECK(to.status_of() == 403);
  CHECK(to.asked == 1);
}

TEST_CASE("signed client: a call may have both a wrong clock and expired credentials") {
  ClientFixture to{{error(403, "RequestTimeTooSkewed", "Sun, 30 Aug 2015 13:36:00 GMT"),
                    error(400, "ExpiredToken", "Sun, 30 Aug 2015 13:36:00 GMT"), ok()}};
  CHECK(to.status_of({}, 1) == 200);
  CHECK(to.service.requests().size() == 3);
}

TEST_CASE("signed client: throttling and the server's faults are repeated, signed anew") {
  for (const auto& [code, name] :
       std::vector<std::pair<int, const char*>>{{503, "SlowDown"},
                                                {400, "Throttling"},
                                                {400, "ThrottlingException"},
                                                {503, "RequestLimitExceeded"},
                                                {400, "RequestThrottled"},
                                                {400, "TooManyRequestsException"},
                                                {503, "ServiceUnavailable"},
                                                {500, "InternalError"},
                                                {400, "RequestTimeout"}}) {
    CAPTURE(name);
    ClientFixture to{{error(code, name), error(code, name), ok()}};
    CHECK(to.status_of({}, 3) == 200);
    CHECK(to.service.requests().size() == 3);
  }
}

TEST_CASE("signed client: with one attempt throttling is the answer") {
  ClientFixture to{{error(503, "SlowDown"), ok()}};
  CHECK(to.status_of({}, 1) == 503);
  CHECK(to.service.requests().size() == 1);
}

TEST_CASE("signed client: a refusal does not use up attempts, and gives none back") {
  ClientFixture to{{error(503, "SlowDown"), error(400, "ExpiredToken"), error(503, "SlowDown"),
                    error(503, "SlowDown"), ok()}};
  CHECK(to.status_of({}, 3) == 503);
  CHECK(to.service.requests().size() == 4);
}

TEST_CASE("signed client: without credentials nothing is sent, and the reason is given") {
  ClientFixture to{{ok()}};
  to.make(std::make_unique<FailingSource>(), "s3");
  const Result<http::Response> ended = to.send({});
  REQUIRE_FALSE(ended.has_value());
  CHECK_THAT(ended.error().detail, Contains("the file is gone"));
  CHECK(to.service.requests().empty());
}

TEST_CASE("signed client: no error holds a secret, a token or a signature") {
  std::string endpoint;
  {
    ClientFixture gone{{}};
    endpoint = gone.service.endpoint();
  }
  ClientFixture to{{}};
  to.client = std::make_unique<SignedClient>(
      to.fixture.loop(), *to.http, *to.chain,
      SignedClient::Options{endpoint, "eu-west-1", "s3", [] { return kNow; }}, 7);
  Call call;
  call.query = {{"hidden", "v4lue"}};
  const Result<http::Response> ended = to.send(call, 2);
  REQUIRE_FALSE(ended.has_value());
  CHECK_FALSE(ended.error().detail.empty());
  for (const char* word : {kSecretPart, "t0k3n", "Signature", "v4lue"}) {
    CHECK_THAT(ended.error().detail, !Contains(word));
  }
}

/// Gives one key with a token and a secret as long as AWS's.
class LongSource final : public CredentialsSource {
 public:
  static constexpr const char* kSecret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
  static constexpr const char* kToken = "IQoJb3JpZ2luX2VjEJr//////////wEaCXVzLWVhc3QtMSJHMEUCIQ==";
  std::string_view name() const noexcept override { return "test"; }
  void find(Found found) override {
    found(std::optional{Credentials{"KEY", Secret{kSecret}, Secret{kToken}, std::nullopt}});
  }
};

TEST_CASE("signed client: a message that quotes what was sent does not reach the caller") {
  // What of the request the service echoes.
  for (const char* header : {"authorization", "x-amz-security-token"}) {
    CAPTURE(header);
    std::string echoed;
    ClientFixture to{{[&](const std::string& head) {
      echoed = header_of(head, header);
      return ScriptedService::answer(403, "<Error><Code>AccessDenied</Code><Message>not with " +
                                              echoed + "</Message></Error>");
    }}};
    to.make(std::make_unique<LongSource>(), "s3");
    const Result<http::Response> ended = to.send({});
    REQUIRE(ended.has_value());
    CHECK(ended->status == 403);
    REQUIRE_FALSE(echoed.empty());
    const ServiceError told = parse_service_error(*ended);
    CHECK(told.code == "AccessDenied");
    CHECK_THAT(told.message, Contains("left out"));
    CHECK_THAT(to_text(ended->body), !Contains(echoed));
    CHECK_THAT(to_text(ended->body), !Contains("Signature"));
  }
}

TEST_CASE("signed client: an error within a success does not quote the token either") {
  ClientFixture to{{[](const std::string&) {
    return ScriptedService::answer(200, std::string{"<Error><Code>InternalError</Code><Message>"} +
                                            LongSource::kToken + "</Message></Error>");
  }}};
  to.make(std::make_unique<LongSource>(), "s3");
  const Result<http::Response> ended = to.send({});
  REQUIRE(ended.has_value());
  CHECK_THAT(to_text(ended->body), !Contains(LongSource::kToken));
}

TEST_CASE("signed client: a clock more than a day away is not believed, and the error says so") {
  for (const char* date : {"Mon, 31 Aug 2015 12:36:01 GMT", "Sat, 29 Aug 2015 12:35:59 GMT",
                           "Fri, 31 Dec 9999 23:59:59 GMT"}) {
    CAPTURE(date);
    ClientFixture to{{error(403, "RequestTimeTooSkewed", date), ok()}};
    const Result<http::Response> ended = to.send({});
    REQUIRE(ended.has_value());
    CHECK(ended->status == 403);
    CHECK(to.client->clock_error() == seconds{0});
    CHECK(to.service.requests().size() == 1);
    CHECK_THAT(parse_service_error(*ended).message, Contains("24 hours"));
  }
}

TEST_CASE("signed client: nothing is heard once it is destroyed") {
  ClientFixture to{{ok(), ok()}};
  bool is_told = false;
  to.client->send({}, {}, [&](Result<http::Response>) { is_told = true; });
  to.client->presign({}, seconds{60}, [&](Result<std::string>) { is_told = true; });
  to.client.reset();
  CHECK_FALSE(to.fixture.run_until([&] { return is_told; }, milliseconds{100}));
}

TEST_CASE("signed client: it may be destroyed by the answer to its call") {
  ClientFixture to{{ok()}};
  bool is_told = false;
  to.client->send({}, {}, [&](Result<http::Response>) {
    to.client.reset();
    is_told = true;
  });
  CHECK(to.fixture.run_until([&] { return is_told; }));
}

TEST_CASE("signed client: a presigned URL names the bucket's host, and its signature fits") {
  ClientFixture to{{}};
  Call call;
  call.host_prefix = "bucket.";
  call.path = "/k y";
  std::optional<Result<std::string>> url;
  to.client->presign(call, seconds{60}, [&](Result<std::string> made) { url = std::move(made); });
  CHECK_FALSE(url.has_value());
  REQUIRE(to.fixture.run_until([&] { return url.has_value(); }));
  REQUIRE(url->has_value());
  const std::string host = to.service.endpoint().substr(7);
  CHECK_THAT(**url, Catch::StartsWith("http://bucket." + host + "/k%20y?X-Amz-Algorithm="));
  CHECK_THAT(**url, Contains("&X-Amz-Expires=60&") && Contains("X-Amz-Security-Token=t0k3n1") &&
                        !Contains(kSecretPart));

  Signable signable;
  signable.host = "bucket." + host;
  signable.path = call.path;
  Credentials credentials{"KEY1", Secret{"s3cr3t1"}, Secret{"t0k3n1"}, std::nullopt};
  const SigningScope scope{"eu-west-1", "s3", kNow, true};
  CHECK("http://bucket." + host + presign(signable, scope, credentials, seconds{60}) == **url);
}

TEST_CASE("signed client: many calls refused for the clock agree on it") {
  const auto judge = [](const std::string& head) {
    const bool is_late = header_of(head, "x-amz-date") == "20150830T123600Z";
    return is_late ? error(403, "RequestTimeTooSkewed", "Sun, 30 Aug 2015 13:36:00 GMT")(head)
                   : ok()(head);
  };
  ClientFixture to{std::vector<ScriptedService::Answer>(16, judge)};
  int good = 0, ended = 0;
  for (int i = 0; i < 8; ++i) {
    to.client->send({}, {}, [&](Result<http::Response> response) {
      ++ended;
      if (response && response->status == 200) ++good;
    });
  }
  REQUIRE(to.fixture.run_until([&] { return ended == 8; }));
  CHECK(good == 8);
  CHECK(to.client->clock_error() == seconds{3600});
}

}  // namespace
}  // namespace gossamer::aws
