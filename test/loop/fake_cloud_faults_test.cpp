// Each of FakeFault's kinds, seen by a client that looks at the socket itself.

#include <atomic>
#include <catch2/catch.hpp>
#include <thread>
#include <vector>

#include "fake_cloud_client.hpp"

namespace gossamer {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;
using Kind = FakeFault::Kind;
using test::RawAnswer;
using test::RawClient;

FakeFault fault_of(Kind kind, std::uint64_t times = 1) {
  FakeFault fault;
  fault.kind = kind;
  fault.times = times;
  return fault;
}

/// Whether `is_true` came true within five seconds.
template <class IsTrue>
bool comes_true(IsTrue is_true) {
  const auto deadline = Clock::now() + 5s;
  while (!is_true()) {
    if (Clock::now() > deadline) return false;
    std::this_thread::yield();
  }
  return true;
}

TEST_CASE("fake cloud: a status instead of the deed") {
  const auto cloud = test::start_cloud();
  RawClient client{*cloud};
  cloud->add_fault(fault_of(Kind::status));
  const RawAnswer refused = client.put("k", "x");
  CHECK(refused.status == 503);
  CHECK(refused.has("<Code>SlowDown</Code>"));
  CHECK(client.get("k").status == 404);
}

TEST_CASE("fake cloud: a status after the deed") {
  const auto cloud = test::start_cloud();
  RawClient client{*cloud};
  FakeFault fault = fault_of(Kind::status_after_success);
  fault.status = 500;
  fault.code = "InternalError";
  cloud->add_fault(fault);
  CHECK(client.put("k", "x", true).status == 500);
  CHECK(client.get("k").body == "x");
  CHECK(client.put("k", "x", true).status == 412);
}

TEST_CASE("fake cloud: a put that lands after its 500") {
  const auto cloud = test::start_cloud();
  RawClient client{*cloud};
  FakeFault fault = fault_of(Kind::late);
  fault.delay = 200ms;
  SECTION("lands") {
    cloud->add_fault(fault);
    CHECK(client.put("k", "late").status == 500);
    CHECK(client.get("k").status == 404);
    CHECK(comes_true([&] { return client.get("k").body == "late"; }));
  }
  SECTION("overwrites what came meanwhile") {
    cloud->add_fault(fault);
    CHECK(client.put("k", "late").status == 500);
    CHECK(client.put("k", "early").status == 200);
    CHECK(comes_true([&] { return client.get("k").body == "late"; }));
  }
  SECTION("creates nothing if another was created meanwhile") {
    cloud->add_fault(fault);
    CHECK(client.put("k", "late", true).status == 500);
    CHECK(client.put("k", "early", true).status == 200);
    // Another late put, which lands after the first: then the first has been and gone.
    fault.delay = 300ms;
    cloud->add_fault(fault);
    CHECK(client.put("other", "x", true).status == 500);
    CHECK(comes_true([&] { return client.get("other").status == 200; }));
    CHECK(client.get("k").body == "early");
  }
  SECTION("does not land if it is not believed") {
    RawClient stranger{*cloud};
    stranger.set_key("AKFAKE", "other", "");
    cloud->add_fault(fault);
    CHECK(stranger.put("k", "late").status == 403);
  }
}

TEST_CASE("fake cloud: no answer, and the deed is not done or done") {
  const auto cloud = test::start_cloud();
  RawClient client{*cloud};
  client.set_timeout(200ms);
  cloud->add_fault(fault_of(Kind::hang));
  CHECK(client.put("not-done", "x").is_timed_out);
  cloud->add_fault(fault_of(Kind::hang_after_success));
  CHECK(client.put("done", "x").is_timed_out);
  client.set_timeout(10s);
  CHECK(client.get("not-done").status == 404);
  CHECK(client.get("done").body == "x");
}

TEST_CASE("fake cloud: a connection closed instead of an answer") {
  const auto cloud = test::start_cloud();
  RawClient client{*cloud};
  cloud->add_fault(fault_of(Kind::reset));
  const RawAnswer none = client.put("k", "x");
  CHECK(none.status == 0);
  CHECK_FALSE(none.is_timed_out);
  CHECK(client.get("k").status == 404);
}

TEST_CASE("fake cloud: half a body") {
  const auto cloud = test::start_cloud();
  RawClient client{*cloud};
  const std::string body(100'000, 'x');
  REQUIRE(client.put("k", body).status == 200);
  cloud->add_fault(fault_of(Kind::torn));
  const RawAnswer torn = client.get("k");
  CHECK(torn.status == 200);
  CHECK(torn.stated == body.size());
  CHECK(torn.body.size() == body.size() / 2);
  CHECK_FALSE(torn.is_timed_out);
  CHECK(client.get("k").body == body);
}

TEST_CASE("fake cloud: a slow answer is whole, at last") {
  const auto cloud = test::start_cloud();
  RawClient client{*cloud};
  REQUIRE(client.put("k", "0123456789abcdef").status == 200);
  FakeFault fault = fault_of(Kind::slow);
  fault.delay = 30ms;
  cloud->add_fault(fault);
  const auto begin = Clock::now();
  CHECK(client.get("k").body == "0123456789abcdef");
  CHECK(Clock::now() - begin >= 150ms);  // One pause before it, and several within.
}

TEST_CASE("fake cloud: a clock that is ahead is said, and judged by") {
  const auto cloud = test::start_cloud();
  RawClient client{*cloud};
  FakeFault fault = fault_of(Kind::skewed_clock, 0);
  fault.delay = 1h;
  cloud->add_fault(fault);
  const RawAnswer refused = client.get("k");
  CHECK(refused.status == 403);
  CHECK(refused.has("<Code>RequestTimeTooSkewed</Code>"));
  const std::size_t at = refused.head.find("Date: ");
  REQUIRE(at != std::string::npos);
  const auto said = aws::parse_http_time(refused.head.substr(at + 6, 29));
  REQUIRE(said.has_value());
  CHECK(*said - aws::system_wall_time() >= 59min);
  client.set_clock_error(*said - aws::system_wall_time());
  CHECK(client.get("k").status == 404);
}

TEST_CASE("fake cloud: a token that is said to have expired") {
  const auto cloud = test::start_cloud();
  RawClient client{*cloud};
  cloud->add_fault(fault_of(Kind::expired_token, 2));
  CHECK(client.get("k").has("<Code>ExpiredToken</Code>"));
  CHECK(client.describe().has("<Code>RequestExpired</Code>"));
  CHECK(client.get("k").status == 404);
}

TEST_CASE("fake cloud: a page without entries, and with a next token") {
  const auto cloud = test::start_cloud();
  RawClient client{*cloud};
  REQUIRE(client.put("k", "x").status == 200);
  cloud->add_instance({});
  cloud->add_fault(fault_of(Kind::empty_page, 2));
  const RawAnswer keys = client.list();
  CHECK_FALSE(keys.has("<Key>"));
  CHECK(keys.has("<NextContinuationToken>"));
  const RawAnswer machines = client.describe();
  CHECK_FALSE(machines.has("<instanceId>"));
  CHECK(machines.has("<nextToken>"));
  CHECK(client.list().has("<Key>k</Key>"));
}

TEST_CASE("fake cloud: a fault strikes only what it fits, and as often as it may") {
  const auto cloud = test::start_cloud();
  RawClient client{*cloud};
  FakeFault fault = fault_of(Kind::status, 2);
  fault.service = "s3";
  fault.operation = "GetObject";
  fault.key_prefix = "a/";
  cloud->add_fault(fault);
  CHECK(client.put("a/k", "x").status == 200);
  CHECK(client.get("b").status == 404);
  CHECK(client.describe().status == 200);
  CHECK(client.get("a/k").status == 503);
  CHECK(client.get("a/k").status == 503);
  CHECK(client.get("a/k").status == 200);
}

TEST_CASE("fake cloud: the first fault that fits strikes; those taken back do not") {
  const auto cloud = test::start_cloud();
  RawClient client{*cloud};
  FakeFault first = fault_of(Kind::status, 0), second = fault_of(Kind::status, 0);
  first.status = 500;
  const std::uint64_t number = cloud->add_fault(first);
  cloud->add_fault(second);
  CHECK(client.get("k").status == 500);
  cloud->remove_fault(number);
  CHECK(client.get("k").status == 503);
  cloud->clear_faults();
  CHECK(client.get("k").status == 404);
}

std::string story_of(std::uint64_t seed) {
  FakeCloud::Options options;
  options.seed = seed;
  const auto cloud = test::start_cloud(options);
  FakeFault fault = fault_of(Kind::status, 0);
  fault.percent = 30;
  cloud->add_fault(fault);
  RawClient client{*cloud};
  std::string story;
  for (int i = 0; i < 60; ++i) story += client.get("k").status == 503 ? '!' : '.';
  return story;
}

TEST_CASE("fake cloud: one seed gives one story, another seed another") {
  const std::string story = story_of(7);
  CHECK(story == story_of(7));
  CHECK(story != story_of(8));
  const auto struck = std::count(story.begin(), story.end(), '!');
  CHECK(struck > 6);
  CHECK(struck < 36);
}

void add_all_faults(FakeCloud& cloud) {
  for (const Kind kind : {Kind::status, Kind::status_after_success, Kind::late, Kind::reset,
                          Kind::torn, Kind::hang, Kind::hang_after_success}) {
    FakeFault fault = fault_of(kind, 0);
    fault.operation = "PutObject";
    fault.percent = 8;
    fault.delay = 5ms;
    cloud.add_fault(fault);
    fault.status = 409;
    fault.code = "ConditionalRequestConflict";
    if (kind == Kind::status) cloud.add_fault(fault);
  }
}

/// The same bytes again until the answer is certain. True: they are there for good.
bool create(RawClient& client, const std::string& key, const std::string& own) {
  for (;;) {
    const RawAnswer answer = client.put(key, own, true);
    if (answer.status == 200 && answer.is_whole()) return true;
    if (answer.status != 412) continue;
    for (;;) {
      const RawAnswer held = client.get(key);
      if (held.status == 200 && held.is_whole()) return held.body == own;
    }
  }
}

TEST_CASE("fake cloud: with every fault of puts, one racer of 8 wins, and all know who") {
  const auto cloud = test::start_cloud();
  add_all_faults(*cloud);
  for (int round = 0; round < 40; ++round) {
    const std::string key = "race/" + std::to_string(round);
    std::atomic<int> winners{0};
    std::vector<std::thread> racers;
    for (int i = 0; i < 8; ++i) {
      racers.emplace_back([&, i] {
        RawClient client{*cloud};
        client.set_timeout(100ms);
        if (create(client, key, "racer " + std::to_string(i))) ++winners;
      });
    }
    for (std::thread& racer : racers) racer.join();
    REQUIRE(winners == 1);
  }
  const auto counted = cloud->counters();
  CHECK(counted.at("s3.PutObject.409") > 0);
  CHECK(counted.at("s3.PutObject.500") > 0);
  CHECK(counted.at("s3.PutObject.412") > 0);
}

}  // namespace
}  // namespace gossamer
