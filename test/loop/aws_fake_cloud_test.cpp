// Session, metadata and signed requests together, against the fake cloud, which verifies signatures
// and knows which keys have expired.

#include <catch2/catch.hpp>
#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "aws/session.hpp"
#include "aws/signed_client.hpp"
#include "gossamer/fake_cloud.hpp"
#include "loop/loop_fixture.hpp"
#include "transport/uv_workers.hpp"

namespace gossamer::aws {
namespace {

using std::chrono::seconds;

struct CloudFixture : test::LoopFixture {
  explicit CloudFixture(seconds life) {
    FakeCloud::Options options;
    options.credentials_life = life;
    cloud = std::move(FakeCloud::start(options).value());
    workers = std::move(UvWorkers::open(loop(), 2).value());
    FakeInstance machine;
    machine.id = "i-0123456789abcdef0";
    machine.private_v4 = "10.0.0.1";
    machine.ipv6 = "fd00::1";
    machine.zone = "us-east-1b";
    machine.tags = {{"Name", "node one"}, {"gossamer:port", "7946"}};
    cloud->add_instance(machine);
  }
  ~CloudFixture() {
    client.reset();
    session.reset();
    workers->close();
  }

  /// By the machine's metadata, unless `variables` say another way.
  void open(std::map<std::string, std::string> variables = {}) {
    AwsOptions options;
    options.metadata_endpoint = cloud->metadata_endpoint("i-0123456789abcdef0");
    options.sts_endpoint = cloud->endpoint();
    session = std::make_unique<Session>(
        loop(), *workers, options, 1,
        [variables = std::move(variables)](const std::string& name) -> std::optional<std::string> {
          const auto found = variables.find(name);
          if (found == variables.end()) return std::nullopt;
          return found->second;
        });
    SignedClient::Options to;
    to.endpoint = cloud->endpoint();
    to.region = "us-east-1";
    to.service = "s3";
    client = std::make_unique<SignedClient>(loop(), *session->client().value(),
                                            *session->credentials().value(), to, 1);
  }

  /// Puts an object, again and again, until told to stop. Counts what went wrong.
  void put() {
    Call call;
    call.method = "PUT";
    call.path = "/bucket/key";
    client->send(std::move(call), {}, [this](Result<http::Response> answer) {
      ++answers;
      if (!answer) {
        ++failures;
        UNSCOPED_INFO(answer.error().detail);
      } else if (!answer->is_success()) {
        ++failures;
        UNSCOPED_INFO(answer->status << to_text(answer->body));
      }
      if (is_going_on) put();
      if (!is_going_on) ++stopped;
    });
  }
  void load_for(seconds duration) {
    constexpr int kCallers = 4;
    is_going_on = true;
    stopped = 0;
    for (int i = 0; i < kCallers; ++i) put();
    const Instant end = clock().now() + duration;
    CHECK(run_until([&] { return clock().now() >= end; }, duration + seconds{10}));
    is_going_on = false;
    REQUIRE(run_until([&] { return stopped == kCallers; }));
  }

  std::unique_ptr<FakeCloud> cloud;
  std::unique_ptr<UvWorkers> workers;
  std::unique_ptr<Session> session;
  std::unique_ptr<SignedClient> client;
  bool is_going_on = false;
  int stopped = 0;
  std::uint64_t answers = 0, failures = 0;
};

TEST_CASE("cloud: a machine knows itself, its tags and its end", "[aws]") {
  CloudFixture fixture{seconds{3'600}};
  fixture.open();
  InstanceMetadata& metadata = *fixture.session->metadata().value();
  std::optional<Result<InstanceIdentity>> identity;
  std::optional<Result<std::map<std::string, std::string>>> tags;
  std::optional<Result<std::optional<TerminationNotice>>> before, after;
  metadata.identity([&](auto got) { identity = std::move(got); });
  metadata.tags([&](auto got) { tags = std::move(got); });
  metadata.notice([&](auto got) { before = std::move(got); });
  REQUIRE(fixture.run_until([&] { return identity && tags && before; }));
  REQUIRE(*identity);
  CHECK((*identity)->instance_id == "i-0123456789abcdef0");
  CHECK((*identity)->region == "us-east-1");
  CHECK((*identity)->zone == "us-east-1b");
  CHECK((*identity)->private_v4 == "10.0.0.1");
  CHECK((*identity)->private_v6 == "fd00::1");
  CHECK((*identity)->public_v4.empty());
  REQUIRE(*tags);
  CHECK(**tags ==
        std::map<std::string, std::string>{{"Name", "node one"}, {"gossamer:port", "7946"}});
  CHECK_FALSE(before->value());
  fixture.cloud->give_notice("i-0123456789abcdef0", "terminate", seconds{120});
  metadata.notice([&](auto got) { after = std::move(got); });
  REQUIRE(fixture.run_until([&] { return after.has_value(); }));
  REQUIRE(after->value());
  CHECK((**after)->kind == TerminationNotice::Kind::spot_terminate);
  CHECK((**after)->at);
}

TEST_CASE("cloud: keys that live for seconds fail no request", "[aws]") {
  CloudFixture fixture{seconds{4}};
  SECTION("of the instance's role") {
    fixture.open();
  }
  SECTION("of a container's endpoint") {
    fixture.open({{"AWS_CONTAINER_CREDENTIALS_FULL_URI", fixture.cloud->container_endpoint()},
                  {"AWS_EC2_METADATA_DISABLED", "true"}});
  }
  fixture.load_for(seconds{9});
  CHECK(fixture.failures == 0);
  CHECK(fixture.answers > 100);
}

TEST_CASE("cloud: keys that are all taken back at once fail no request", "[aws]") {
  CloudFixture fixture{seconds{3'600}};
  fixture.open();
  fixture.load_for(seconds{1});
  fixture.cloud->expire_credentials();
  fixture.load_for(seconds{1});
  CHECK(fixture.failures == 0);
}

// By hand: `loop_aws_fake_cloud_test "[.slow]"`.
TEST_CASE("cloud: keys that live for 20 s fail no request in two minutes", "[.slow]") {
  CloudFixture fixture{seconds{20}};
  fixture.open();
  fixture.load_for(seconds{120});
  CHECK(fixture.failures == 0);
  WARN(fixture.answers << " requests");
}

}  // namespace
}  // namespace gossamer::aws
