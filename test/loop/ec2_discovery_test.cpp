#include "discovery/ec2_discovery.hpp"

#include <algorithm>
#include <array>
#include <catch2/catch.hpp>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "aws/uri.hpp"
#include "discovery/ec2_lister.hpp"
#include "loop/loop_fixture.hpp"
#include "loop/loopback_service.hpp"
#include "transport/uv_workers.hpp"
#include "unit/ec2/answers.hpp"

namespace gossamer {
namespace {

using Answer = Result<std::vector<Endpoint>>;
using Form = std::map<std::string, std::string>;
using Handler = test::LoopbackService::Handler;
using HttpAnswer = test::LoopbackService::Answer;
using test::describe_instances_answer;
using test::instance_item;

Form form_of(const std::string& body) {
  Form form;
  for (std::size_t at = 0; at < body.size();) {
    const std::size_t end = std::min(body.find('&', at), body.size());
    const std::size_t equals = body.find('=', at);
    form[aws::uri_decode(body.substr(at, equals - at)).value()] =
        aws::uri_decode(body.substr(equals + 1, end - equals - 1)).value();
    at = end + 1;
  }
  return form;
}

std::string error_body(const std::string& code, const std::string& message) {
  return "<Response><Errors><Error><Code>" + code + "</Code><Message>" + message +
         "</Message></Error></Errors><RequestID>x</RequestID></Response>";
}

/// A machine's service: EC2's API, and its metadata below /imds.
struct Ec2Fixture : test::LoopFixture {
  explicit Ec2Fixture(Handler handler, const std::string& parameters = {},
                      bool has_metadata = false)
      : service(std::move(handler)), workers(std::move(UvWorkers::open(loop(), 2).value())) {
    AwsOptions options;
    options.access_key_id = "AKID";
    options.secret_access_key = "HUSHHUSH";
    options.region = "eu-west-1";
    options.metadata_endpoint = service.url() + "/imds";
    session = std::make_unique<aws::Session>(
        loop(), *workers, options, 1,
        [has_metadata](const std::string& name) -> std::optional<std::string> {
          if (name == "AWS_EC2_METADATA_DISABLED" && !has_metadata) return "true";
          return std::nullopt;
        });
    const std::string url = "role=node?endpoint=" + service.url() + parameters;
    discovery = make_ec2_discovery("ec2:" + url, parse_ec2_url(url).value(), *session);
  }
  ~Ec2Fixture() {
    discovery.reset();
    session->close();
    session.reset();
    workers->close();
  }
  Answer ask() {
    std::optional<Answer> answer;
    discovery->find_peers([&](Answer found) { answer = std::move(found); });
    REQUIRE(run_until([&] { return answer.has_value(); }));
    return std::move(*answer);
  }
  /// The forms of the DescribeInstances calls so far.
  std::vector<Form> forms() const {
    std::vector<Form> all;
    for (const auto& asked : service.asked()) {
      if (asked.method == "POST" && asked.target == "/") all.push_back(form_of(asked.body));
    }
    return all;
  }
  std::map<std::string, std::string> reasons() const {
    std::map<std::string, std::string> all;
    for (const Sighting& each : discovery->sightings()) all[each.machine] = each.left_out;
    return all;
  }

  test::LoopbackService service;
  std::unique_ptr<UvWorkers> workers;
  std::unique_ptr<aws::Session> session;
  std::unique_ptr<Discovery> discovery;
};

Handler always(std::string body, int status = 200) {
  return [=](const auto&) { return HttpAnswer{status, body}; };
}

TEST_CASE("ec2 discovery: it asks by a signed form and finds who has the tags", "[ec2]") {
  Ec2Fixture fixture{
      always(describe_instances_answer(instance_item("i-1", "10.0.0.1") +
                                       instance_item("i-2", "10.0.0.2") + instance_item("i-3", "") +
                                       instance_item("i-4", "10.0.0.4", "", "stopping"))),
      "&zone=eu-west-1a|eu-west-1b"};
  CHECK(fixture.discovery->pace().first_within == std::chrono::seconds{1});
  const Answer answer = fixture.ask();
  CHECK(answer == std::vector<Endpoint>{{"10.0.0.1", 7946}, {"10.0.0.2", 7946}});
  CHECK_FALSE(fixture.discovery->problem());
  CHECK(fixture.reasons() ==
        std::map<std::string, std::string>{{"i-1", ""},
                                           {"i-2", ""},
                                           {"i-3", "has no private IPv4 address"},
                                           {"i-4", "is stopping"}});
  REQUIRE(fixture.service.asked().size() == 1);
  const auto asked = fixture.service.asked()[0];
  CHECK(asked.method == "POST");
  CHECK(asked.target == "/");
  CHECK_THAT(asked.headers.at("content-type"),
             Catch::StartsWith("application/x-www-form-urlencoded"));
  CHECK_THAT(asked.headers.at("authorization"),
             Catch::Contains("/eu-west-1/ec2/aws4_request") && Catch::Contains("AKID"));
  CHECK(form_of(asked.body) == Form{{"Action", "DescribeInstances"},
                                    {"Version", "2016-11-15"},
                                    {"MaxResults", "1000"},
                                    {"Filter.1.Name", "tag:role"},
                                    {"Filter.1.Value.1", "node"},
                                    {"Filter.2.Name", "availability-zone"},
                                    {"Filter.2.Value.1", "eu-west-1a"},
                                    {"Filter.2.Value.2", "eu-west-1b"}});
}

TEST_CASE("ec2 discovery: 2,500 instances over four pages, one of them empty, are all found",
          "[ec2]") {
  constexpr int kInstances = 2'500;
  Ec2Fixture fixture{[](const auto& asked) {
    // Pages of 1000, 0, 1000 and 500.
    const std::map<std::string, std::array<int, 2>> ranges{
        {"", {0, 1000}}, {"t1", {1000, 1000}}, {"t2", {1000, 2000}}, {"t3", {2000, kInstances}}};
    const std::map<std::string, std::string> next{
        {"", "t1"}, {"t1", "t2"}, {"t2", "t3"}, {"t3", ""}};
    const std::string token = form_of(asked.body)["NextToken"];
    std::string items;
    for (int i = ranges.at(token)[0]; i < ranges.at(token)[1]; ++i) {
      items += instance_item("i-" + std::to_string(i),
                             "10.1." + std::to_string(i / 250) + "." + std::to_string(i % 250));
    }
    return HttpAnswer{200, describe_instances_answer(items, next.at(token))};
  }};
  const Answer answer = fixture.ask();
  REQUIRE(answer);
  CHECK(answer->size() == kInstances);
  CHECK(fixture.discovery->sightings().size() == kInstances);
  CHECK_FALSE(fixture.discovery->problem());
  const auto forms = fixture.forms();
  REQUIRE(forms.size() == 4);
  CHECK(forms[3].at("NextToken") == "t3");
  CHECK(forms[3].at("Filter.1.Value.1") == "node");
  // 2,500 machines that each make four calls a time.
  CHECK(fixture.discovery->pace().interval == std::chrono::seconds{10'000});
}

TEST_CASE("ec2 discovery: a token that repeats is an error, not a loop", "[ec2]") {
  Ec2Fixture fixture{always(describe_instances_answer(instance_item("i-1", "10.0.0.1"), "again"))};
  const Answer answer = fixture.ask();
  REQUIRE_FALSE(answer);
  CHECK(answer.error().code == ErrorCode::corrupted);
  CHECK(fixture.forms().size() == 2);
  CHECK(fixture.discovery->sightings().empty());
}

TEST_CASE("ec2 discovery: there is one series of calls at a time, for all who ask", "[ec2]") {
  Ec2Fixture fixture{always(describe_instances_answer(instance_item("i-1", "10.0.0.1")))};
  int answers = 0;
  for (int i = 0; i < 3; ++i) {
    fixture.discovery->find_peers([&](const Answer& found) { answers += found ? 1 : 0; });
  }
  REQUIRE(fixture.run_until([&] { return answers == 3; }));
  CHECK(fixture.forms().size() == 1);
  CHECK(fixture.ask());
  CHECK(fixture.forms().size() == 2);
}

TEST_CASE("ec2 discovery: throttling slows it down, is no call repeated, and is told", "[ec2]") {
  Ec2Fixture fixture{always(describe_instances_answer(instance_item("i-1", "10.0.0.1")))};
  const int status = GENERATE(503, 400);
  CHECK(fixture.ask());
  CHECK(fixture.discovery->pace().interval == std::chrono::seconds{40});
  bool is_throttled = true;
  Ec2Fixture busy{[&](const auto&) {
    if (!is_throttled) {
      return HttpAnswer{200, describe_instances_answer(instance_item("i-1", "10.0.0.1"))};
    }
    return HttpAnswer{status, error_body("RequestLimitExceeded", "Request limit exceeded.")};
  }};
  const Answer answer = busy.ask();
  REQUIRE_FALSE(answer);
  CHECK(answer.error().code == ErrorCode::unavailable);
  CHECK_THAT(answer.error().detail,
             Catch::Contains("RequestLimitExceeded: Request limit exceeded") &&
                 Catch::Contains("less often from now on"));
  CHECK(busy.forms().size() == 1);
  CHECK(busy.discovery->pace().interval == std::chrono::seconds{80});
  CHECK_FALSE(busy.ask());
  CHECK(busy.discovery->pace().interval == std::chrono::seconds{160});
  busy.service.change([&] { is_throttled = false; });
  CHECK(busy.ask());
  CHECK(busy.discovery->pace().interval == std::chrono::seconds{80});
}

TEST_CASE("ec2 discovery: each refusal says what to do, and holds no secret", "[ec2]") {
  struct Row {
    int status;
    std::string body;
    ErrorCode code;
    const char* reason;
  };
  const auto row = GENERATE(values<Row>(
      {{403, error_body("UnauthorizedOperation", "You are not authorized."),
        ErrorCode::permission_denied, "the role needs the permission ec2:DescribeInstances"},
       {401, error_body("AuthFailure", "AWS was not able to validate the provided credentials"),
        ErrorCode::permission_denied,
        "it was asked in region eu-west-1 with credentials from options: are they of that "
        "region's partition and valid still, is the region enabled for their account, and is the "
        "clock right?"},
       {400, error_body("InvalidParameterValue", "vpc-x is no VPC"), ErrorCode::invalid_argument,
        "InvalidParameterValue: vpc-x is no VPC"},
       {500, "", ErrorCode::unavailable, "was answered 500"},
       {200, "<html>Log in</html>", ErrorCode::corrupted, "does something between answer for EC2?"},
       {200, "", ErrorCode::corrupted, "cannot be read"}}));
  Ec2Fixture fixture{always(row.body, row.status)};
  const Answer answer = fixture.ask();
  REQUIRE_FALSE(answer);
  CHECK(answer.error().code == row.code);
  CHECK_THAT(answer.error().detail, Catch::Contains(row.reason));
  CHECK_THAT(answer.error().detail, !Catch::Contains("HUSH"));
  CHECK(fixture.discovery->pace().interval == std::chrono::seconds{5});
}

TEST_CASE("ec2 discovery: a list that goes on and on is given up after a time", "[ec2]") {
  int pages = 0;
  Ec2Fixture fixture{[&](const auto&) {
    const std::string number = std::to_string(++pages);
    return HttpAnswer{200, describe_instances_answer(instance_item("i-" + number, "10.0.0.1"),
                                                     "token " + number)};
  }};
  Ec2Lister::Bounds bounds;
  bounds.all_pages = std::chrono::milliseconds{0};
  const auto url = parse_ec2_url("role=node?endpoint=" + fixture.service.url()).value();
  Ec2Lister lister{url, *fixture.session, bounds};
  std::optional<tl::expected<Ec2Lister::Listing, Ec2Lister::Failure>> listed;
  lister.list([&](auto answer) { listed = std::move(answer); });
  REQUIRE(fixture.run_until([&] { return listed.has_value(); }));
  REQUIRE_FALSE(*listed);
  CHECK(listed->error().error.code == ErrorCode::timed_out);
  CHECK_THAT(listed->error().error.detail, Catch::Contains("gave 1 pages in 0 ms"));
  CHECK(fixture.forms().size() == 1);
}

TEST_CASE("ec2 discovery: a service that is silent is reported by its bound", "[ec2]") {
  Ec2Fixture fixture{[](const auto&) { return HttpAnswer{200, "", "", true}; }};
  Ec2Lister::Bounds bounds;
  bounds.silence = std::chrono::milliseconds{50};
  const auto url = parse_ec2_url("role=node?endpoint=" + fixture.service.url()).value();
  Ec2Lister lister{url, *fixture.session, bounds};
  std::optional<tl::expected<Ec2Lister::Listing, Ec2Lister::Failure>> listed;
  lister.list([&](auto answer) { listed = std::move(answer); });
  REQUIRE(fixture.run_until([&] { return listed.has_value(); }));
  REQUIRE_FALSE(*listed);
  CHECK(listed->error().error.code == ErrorCode::timed_out);
}

TEST_CASE("ec2 discovery: nobody there is an error that names the endpoint", "[ec2]") {
  Ec2Fixture fixture{always("")};
  fixture.service.stop();
  const Answer answer = fixture.ask();
  REQUIRE_FALSE(answer);
  CHECK(answer.error().code == ErrorCode::unavailable);
  CHECK_THAT(answer.error().detail, Catch::Contains(fixture.service.url()));
}

TEST_CASE("ec2 discovery: a failure keeps what was seen before", "[ec2]") {
  bool is_down = false;
  Ec2Fixture fixture{[&](const auto&) {
    if (is_down) return HttpAnswer{500, ""};
    return HttpAnswer{200, describe_instances_answer(instance_item("i-1", "10.0.0.1"))};
  }};
  CHECK(fixture.ask());
  fixture.service.change([&] { is_down = true; });
  CHECK_FALSE(fixture.ask());
  CHECK(fixture.discovery->sightings().size() == 1);
}

TEST_CASE("ec2 discovery: who was seen and is then terminated is gone by its last address",
          "[ec2]") {
  std::string items = instance_item("i-1", "10.0.0.1") + instance_item("i-2", "10.0.0.2");
  Ec2Fixture fixture{[&](const auto&) {
    return HttpAnswer{200, describe_instances_answer(items)};
  }};
  CHECK(fixture.ask().value().size() == 2);
  fixture.service.change([&] {
    items = instance_item("i-1", "10.0.0.1") + instance_item("i-2", "", "", "terminated");
  });
  // The second time it is remembered from an answer in which it had no address.
  for (int round = 0; round < 2; ++round) {
    CHECK(fixture.ask() == std::vector<Endpoint>{{"10.0.0.1", 7946}});
    const auto sightings = fixture.discovery->sightings();
    REQUIRE(sightings.size() == 2);
    CHECK(sightings[1].state == Sighting::State::gone);
    CHECK(sightings[1].endpoint == Endpoint{"10.0.0.2", 7946});
    CHECK(sightings[1].left_out == "is terminated");
  }
}

TEST_CASE("ec2 discovery: this machine is left out once its metadata has told its id", "[ec2]") {
  bool is_metadata_silent = GENERATE(false, true);
  Ec2Fixture fixture{
      [&](const test::LoopbackService::Asked& asked) {
        if (asked.target == "/") {
          return HttpAnswer{200, describe_instances_answer(instance_item("i-1", "10.0.0.1") +
                                                           instance_item("i-2", "10.0.0.2"))};
        }
        if (is_metadata_silent) return HttpAnswer{200, "", "", true};
        if (asked.method == "PUT") {
          return HttpAnswer{200, "token", "X-aws-ec2-metadata-token-ttl-seconds: 21600\r\n"};
        }
        if (asked.target.ends_with("/dynamic/instance-identity/document")) {
          return HttpAnswer{200, R"({"instanceId": "i-2", "region": "eu-west-1"})"};
        }
        return HttpAnswer{404, ""};
      },
      {},
      true};
  const Instant begin = fixture.clock().now();
  const Answer first = fixture.ask();
  REQUIRE(first);
  if (is_metadata_silent) {
    // Nobody waits for it.
    CHECK(first->size() == 2);
    CHECK(fixture.clock().now() - begin < std::chrono::milliseconds{900});
    return;
  }
  REQUIRE(fixture.run_until([&] { return fixture.ask().value().size() == 1; }));
  CHECK(fixture.reasons().at("i-2") == "this machine");
}

TEST_CASE("ec2 discovery: destroyed while it asks, it answers no more", "[ec2]") {
  Ec2Fixture fixture{always(describe_instances_answer(instance_item("i-1", "10.0.0.1")))};
  bool has_answered = false;
  fixture.discovery->find_peers([&](const Answer&) { has_answered = true; });
  SECTION("before it was sent") {
    fixture.discovery.reset();
  }
  SECTION("after it was sent") {
    REQUIRE(fixture.run_until([&] { return !fixture.service.asked().empty(); }));
    if (!has_answered) fixture.discovery.reset();
    has_answered = false;
  }
  CHECK_FALSE(fixture.run_until([&] { return has_answered; }, std::chrono::milliseconds{50}));
}

TEST_CASE("ec2 discovery: one of those who asked may destroy it", "[ec2]") {
  Ec2Fixture fixture{always(describe_instances_answer(instance_item("i-1", "10.0.0.1")))};
  int answers = 0;
  for (int i = 0; i < 2; ++i) {
    fixture.discovery->find_peers([&](const Answer&) {
      ++answers;
      fixture.discovery.reset();
    });
  }
  REQUIRE(fixture.run_until([&] { return answers > 0; }));
  CHECK(answers == 1);
}

}  // namespace
}  // namespace gossamer
