#include <catch2/catch.hpp>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "aws/instance_metadata.hpp"
#include "aws/termination_watch.hpp"
#include "loop/loop_fixture.hpp"
#include "loop/loopback_service.hpp"
#include "transport/uv_workers.hpp"

namespace gossamer::aws {
namespace {

using test::LoopbackService;
using Asked = LoopbackService::Asked;
using Answer = LoopbackService::Answer;

/// A machine's metadata: tokens are numbered, paths are below /imds/i-1/latest/.
struct Machine {
  std::map<std::string, Answer> paths{};
  int tokens = 0;
  std::string valid{};  ///< The token that is good. Empty: each is.

  Answer operator()(const Asked& asked) {
    const std::string kBase = "/imds/i-1/latest/";
    if (!asked.target.starts_with(kBase)) return {500};
    const std::string path = asked.target.substr(kBase.size());
    if (asked.method == "PUT" && path == "api/token") {
      if (const auto stated = paths.find(path); stated != paths.end()) return stated->second;
      valid = "token-" + std::to_string(++tokens);
      return {200, valid};
    }
    const auto token = asked.headers.find("x-aws-ec2-metadata-token");
    if (token == asked.headers.end() || token->second != valid) return {401};
    const auto found = paths.find(path);
    return found == paths.end() ? Answer{404} : found->second;
  }
};

struct MetadataFixture : test::LoopFixture {
  MetadataFixture()
      : workers(std::move(UvWorkers::open(loop(), 1).value())),
        service([this](const Asked& asked) { return machine(asked); }),
        client(std::move(http::Client::open(loop(), *workers).value())) {
    open({});
  }
  ~MetadataFixture() {
    metadata.reset();
    client->close();
    client.reset();
    workers->close();
  }

  void open(InstanceMetadata::Options options) {
    options.endpoint = service.url() + "/imds/i-1/";
    metadata = std::make_unique<InstanceMetadata>(loop(), *client, options);
  }
  void at(const std::string& path, Answer answer) {
    service.change([&] { machine.paths[path] = std::move(answer); });
  }
  void forget_all() {
    service.change([&] { machine.paths.clear(); });
  }
  /// Waits for the answer of a call that takes a Done<T>.
  template <class T, class Ask>
  Result<T> await(Ask ask) {
    std::optional<Result<T>> answer;
    ask([&](Result<T> got) {
      if (answer) FAIL_CHECK("answered twice");
      answer = std::move(got);
    });
    CHECK_FALSE(answer);  // Never from inside the call.
    REQUIRE(run_until([&] { return answer.has_value(); }));
    return std::move(*answer);
  }
  Result<std::string> get(const std::string& path) {
    return await<std::string>([&](auto done) { metadata->get(path, std::move(done)); });
  }
  Result<std::optional<TerminationNotice>> notice() {
    return await<std::optional<TerminationNotice>>(
        [&](auto done) { metadata->notice(std::move(done)); });
  }
  Result<std::map<std::string, std::string>> tags() {
    return await<std::map<std::string, std::string>>(
        [&](auto done) { metadata->tags(std::move(done)); });
  }
  Result<InstanceIdentity> identity() {
    return await<InstanceIdentity>([&](auto done) { metadata->identity(std::move(done)); });
  }

  Machine machine;
  std::unique_ptr<UvWorkers> workers;
  LoopbackService service;
  std::unique_ptr<http::Client> client;
  std::unique_ptr<InstanceMetadata> metadata;
};

constexpr const char* kHopLimit = "HttpPutResponseHopLimit to 2 in a container";
constexpr const char* kToken = "PUT /imds/i-1/latest/api/token";

TEST_CASE("instance metadata: every request carries the session's token, asked for once", "[aws]") {
  MetadataFixture fixture;
  fixture.at("meta-data/instance-id", {200, "i-1"});
  int answers = 0;
  for (int i = 0; i < 20; ++i) {
    fixture.metadata->get("meta-data/instance-id", [&](Result<std::string> got) {
      CHECK(got.value() == "i-1");
      ++answers;
    });
  }
  REQUIRE(fixture.run_until([&] { return answers == 20; }));
  CHECK(fixture.service.count(kToken) == 1);
  CHECK(fixture.service.asked()[0].headers.at("x-aws-ec2-metadata-token-ttl-seconds") == "21600");
}

TEST_CASE("instance metadata: a token is renewed before it ends", "[aws]") {
  MetadataFixture fixture;
  InstanceMetadata::Options options;
  options.token_life = std::chrono::seconds{1};
  fixture.open(options);
  fixture.at("x", {200, "y"});
  CHECK(fixture.get("x").value() == "y");
  CHECK(fixture.run_until([&] {
    CHECK(fixture.get("x").value() == "y");
    return fixture.service.count(kToken) == 3;
  }));
  CHECK(fixture.service.count(kToken) == 3);
}

TEST_CASE("instance metadata: a token that ended early is renewed at once", "[aws]") {
  MetadataFixture fixture;
  fixture.at("x", {200, "y"});
  REQUIRE(fixture.get("x"));
  fixture.service.change([&] { fixture.machine.valid = "another"; });
  CHECK(fixture.get("x").value() == "y");
  CHECK(fixture.service.count(kToken) == 2);
}

TEST_CASE("instance metadata: a session that is always refused names the hop limit", "[aws]") {
  MetadataFixture fixture;
  const int status = GENERATE(401, 403);
  SECTION("every token") {
    fixture.at("x", {status});
    const auto got = fixture.get("x");
    REQUIRE_FALSE(got);
    CHECK(got.error().code == ErrorCode::permission_denied);
    CHECK_THAT(got.error().detail, Catch::Contains(kHopLimit));
    CHECK_THAT(got.error().detail, Catch::Contains("status " + std::to_string(status)));
    CHECK(fixture.service.count("GET") == (status == 401 ? 2U : 1U));
  }
  SECTION("the asking for one") {
    fixture.at("api/token", {status});
    const auto got = fixture.get("x");
    REQUIRE_FALSE(got);
    CHECK(got.error().code == ErrorCode::permission_denied);
    CHECK_THAT(got.error().detail, Catch::Contains(kHopLimit));
    CHECK_THAT(got.error().detail, Catch::Contains("HttpEndpoint"));
    CHECK(fixture.service.count(kToken) == 1);
  }
}

TEST_CASE("instance metadata: a token that does not come names the hop limit, soon", "[aws]") {
  MetadataFixture fixture;
  fixture.at("api/token", {200, "", "", true});
  const Instant start = fixture.clock().now();
  const auto got = fixture.get("x");
  REQUIRE_FALSE(got);
  CHECK(got.error().code == ErrorCode::unavailable);
  CHECK_THAT(got.error().detail, Catch::Contains(kHopLimit));
  CHECK(fixture.clock().now() - start < std::chrono::seconds{5});
  CHECK(fixture.service.count(kToken) == 2);
}

TEST_CASE("instance metadata: where nobody listens it says so", "[aws]") {
  MetadataFixture fixture;
  fixture.service.stop();
  const auto got = fixture.get("meta-data/instance-id");
  REQUIRE_FALSE(got);
  CHECK(got.error().code == ErrorCode::unavailable);
  CHECK_THAT(got.error().detail, Catch::Contains(fixture.service.url()));
}

TEST_CASE("instance metadata: disabled, it asks nobody", "[aws]") {
  MetadataFixture fixture;
  InstanceMetadata::Options options;
  options.is_disabled = true;
  fixture.open(options);
  for (const auto& error : {fixture.get("x").error(), fixture.identity().error(),
                            fixture.tags().error(), fixture.notice().error()}) {
    CHECK(error.code == ErrorCode::unavailable);
    CHECK_THAT(error.detail, Catch::Contains("AWS_EC2_METADATA_DISABLED is true"));
  }
  CHECK(fixture.service.asked().empty());
}

TEST_CASE("instance metadata: what is not there, and what goes wrong", "[aws]") {
  MetadataFixture fixture;
  CHECK(fixture.get("none").error().code == ErrorCode::not_found);
  fixture.at("broken", {500});
  CHECK(fixture.get("broken").error().code == ErrorCode::unavailable);
  CHECK(fixture.service.count("GET /imds/i-1/latest/broken") == 2);
  fixture.at("huge", {200, std::string(1'000'000, 'x')});
  CHECK(fixture.get("huge").error().code == ErrorCode::resource_exhausted);
  fixture.at("api/token", {200, "two\nlines"});
  fixture.open({});
  CHECK(fixture.get("x").error().code == ErrorCode::corrupted);
  fixture.at("api/token", {200, std::string(10'000, 'x')});
  fixture.open({});
  CHECK(fixture.get("x").error().code == ErrorCode::resource_exhausted);
}

TEST_CASE("instance metadata: the machine's identity, asked for once", "[aws]") {
  MetadataFixture fixture;
  const std::string path = "dynamic/instance-identity/document";
  SECTION("whole") {
    fixture.at(path,
               {200,
                R"({"instanceId": "i-1", "region": "us-east-1", "availabilityZone": "us-east-1a",
            "accountId": "7", "instanceType": "t3.small", "privateIp": "10.0.0.1"})"});
    fixture.at("meta-data/public-ipv4", {200, "1.2.3.4"});
    fixture.at("meta-data/ipv6", {200, "fd00::1"});
    for (int i = 0; i < 3; ++i) {
      const auto identity = fixture.identity();
      REQUIRE(identity);
      CHECK(identity->instance_id == "i-1");
      CHECK(identity->zone == "us-east-1a");
      CHECK(identity->private_v4 == "10.0.0.1");
      CHECK(identity->public_v4 == "1.2.3.4");
      CHECK(identity->private_v6 == "fd00::1");
    }
    CHECK(fixture.service.count("GET") == 3);
  }
  SECTION("without what many machines have not") {
    fixture.at(path, {200, R"({"instanceId": "i-1", "region": "us-east-1"})"});
    const auto identity = fixture.identity();
    REQUIRE(identity);
    CHECK(identity->public_v4.empty());
    CHECK(identity->private_v6.empty());
  }
  SECTION("garbage is an error, and is not remembered") {
    fixture.at(path, {200, "<html>"});
    CHECK(fixture.identity().error().code == ErrorCode::corrupted);
    fixture.at(path, {200, R"({"instanceId": "i-1", "region": "us-east-1"})"});
    CHECK(fixture.identity());
  }
}

TEST_CASE("instance metadata: tags, where the instance offers them", "[aws]") {
  MetadataFixture fixture;
  CHECK(fixture.tags().value().empty());
  fixture.at("meta-data/tags/instance", {200, "Name\ngossamer:port\n"});
  fixture.at("meta-data/tags/instance/Name", {200, "node one"});
  fixture.at("meta-data/tags/instance/gossamer%3Aport", {200, "7946"});
  CHECK(fixture.tags().value() ==
        std::map<std::string, std::string>{{"Name", "node one"}, {"gossamer:port", "7946"}});
}

TEST_CASE("instance metadata: notices of termination", "[aws]") {
  using Kind = TerminationNotice::Kind;
  MetadataFixture fixture;
  CHECK_FALSE(fixture.notice().value());
  fixture.at("meta-data/events/recommendations/rebalance",
             {200, R"({"noticeTime": "2026-01-02T03:04:05Z"})"});
  CHECK(fixture.notice().value()->kind == Kind::rebalance);
  fixture.at("meta-data/spot/instance-action",
             {200, R"({"action": "terminate", "time": "2026-01-02T03:06:05Z"})"});
  const auto spot = fixture.notice();
  REQUIRE(spot.value());
  CHECK((*spot)->kind == Kind::spot_terminate);
  CHECK((*spot)->at == parse_iso_time("2026-01-02T03:06:05Z"));
  fixture.at("meta-data/spot/instance-action", {200, "{"});
  CHECK(fixture.notice().error().code == ErrorCode::corrupted);
  fixture.at("meta-data/spot/instance-action", {500});
  CHECK(fixture.notice().error().code == ErrorCode::unavailable);
}

TEST_CASE("instance metadata: once it is gone it answers nobody", "[aws]") {
  MetadataFixture fixture;
  bool is_told = false;
  fixture.at("x", {200, "y"});
  const auto tell = [&](Result<std::string>) { is_told = true; };
  SECTION("while a token is asked for") {
    fixture.metadata->get("x", tell);
  }
  SECTION("while a path is asked for") {
    REQUIRE(fixture.get("x"));
    fixture.metadata->get("x", tell);
  }
  SECTION("disabled") {
    InstanceMetadata::Options options;
    options.is_disabled = true;
    fixture.open(options);
    fixture.metadata->get("x", tell);
  }
  SECTION("by an answer that destroys it") {
    fixture.metadata->get("x", [&](Result<std::string>) { fixture.metadata.reset(); });
    REQUIRE(fixture.run_until([&] { return fixture.metadata == nullptr; }));
  }
  fixture.metadata.reset();
  fixture.open({});
  REQUIRE(fixture.get("x"));
  CHECK_FALSE(is_told);
}

struct WatchFixture : MetadataFixture {
  WatchFixture() {
    TerminationWatch::Options options;
    options.interval = std::chrono::milliseconds{10};
    options.interval_absent_max = std::chrono::milliseconds{40};
    watch = std::make_unique<TerminationWatch>(
        loop(), *metadata, options,
        [this](const TerminationNotice& notice) { kinds.push_back(notice.kind); },
        [this](const Error&) { ++failures; });
  }
  ~WatchFixture() { watch.reset(); }
  /// Until the machine was asked for notices so many more times.
  void wait_for(std::size_t rounds) {
    const std::size_t until = asked() + rounds;
    REQUIRE(run_until([&] { return asked() >= until; }));
  }
  std::size_t asked() const {
    return service.count("GET /imds/i-1/latest/meta-data/spot/instance-action");
  }
  using Kind = TerminationNotice::Kind;
  std::unique_ptr<TerminationWatch> watch;
  std::vector<Kind> kinds;
  int failures = 0;
};

TEST_CASE("termination watch: each notice is told once, and none after it is closed", "[aws]") {
  WatchFixture fixture;
  using Kind = WatchFixture::Kind;
  fixture.watch->start();
  fixture.wait_for(3);
  CHECK(fixture.kinds.empty());
  fixture.at("meta-data/events/recommendations/rebalance",
             {200, R"({"noticeTime": "2026-01-02T03:04:05Z"})"});
  fixture.wait_for(5);
  CHECK(fixture.kinds == std::vector{Kind::rebalance});
  fixture.at("meta-data/spot/instance-action",
             {200, R"({"action": "stop", "time": "2026-01-02T03:06:05Z"})"});
  fixture.wait_for(5);
  CHECK(fixture.kinds == std::vector{Kind::rebalance, Kind::spot_stop});
  fixture.at("meta-data/spot/instance-action", {404});
  fixture.wait_for(5);
  CHECK(fixture.kinds.size() == 2);
  fixture.watch->close();
  fixture.at("meta-data/spot/instance-action", {200, R"({"action": "terminate"})"});
  REQUIRE(fixture.get("meta-data/spot/instance-action"));
  const std::size_t asked = fixture.asked();
  // The loop turns for longer than an interval.
  bool is_over = false;
  UvTimer timer{fixture.loop(), [&] { is_over = true; }};
  timer.arm(std::chrono::milliseconds{100});
  REQUIRE(fixture.run_until([&] { return is_over; }));
  CHECK(fixture.asked() <= asked);
  CHECK(fixture.kinds.size() == 2);
  CHECK(fixture.failures == 0);
}

TEST_CASE("termination watch: a service that is not there is told once", "[aws]") {
  WatchFixture fixture;
  fixture.at("api/token", {403});
  fixture.watch->start();
  REQUIRE(fixture.run_until([&] { return fixture.service.count(kToken) >= 6; }));
  CHECK(fixture.failures == 1);
  // It comes back, and goes again.
  fixture.forget_all();
  fixture.wait_for(2);
  fixture.at("meta-data/spot/instance-action", {403});
  fixture.wait_for(5);
  CHECK(fixture.failures == 2);
}

}  // namespace
}  // namespace gossamer::aws
