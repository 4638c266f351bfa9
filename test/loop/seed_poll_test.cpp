#include "discovery/seed_poll.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <chrono>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "discovery/file_discovery.hpp"
#include "discovery/static_discovery.hpp"
#include "loop/loop_fixture.hpp"
#include "loop/seed_file.hpp"
#include "transport/uv_workers.hpp"

namespace gossamer {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using Seeds = std::vector<Endpoint>;

/// Answers when the test says so.
struct Puppet final : Discovery {
  explicit Puppet(std::string called) : own_name(std::move(called)) {}
  std::string_view name() const noexcept override { return own_name; }
  void find_peers(Found found) override {
    ++asked;
    pending = std::move(found);
  }
  Pace pace() const override { return own_pace; }
  std::vector<Sighting> sightings() const override { return own_sightings; }
  std::string own_name;
  Pace own_pace{};
  std::vector<Sighting> own_sightings{};
  int asked = 0;
  Found pending{};
};

struct PollFixture : test::LoopFixture {
  template <class... Sources>
  void open(const SeedPoll::Options& options, Sources... sources) {
    std::vector<std::unique_ptr<Discovery>> all;
    (all.push_back(std::move(sources)), ...);
    poll = std::make_unique<SeedPoll>(
        loop(), std::move(all), options, [this](Seeds seeds) { found.push_back(std::move(seeds)); },
        [this](std::string_view source, const Error& error) {
          failures.push_back(std::string{source} + ": " + error.detail);
        },
        [this](std::string_view source, const std::vector<Sighting>& sightings) {
          for (const Sighting& each : sightings) {
            sighted.push_back(std::string{source} + ": " + each.machine);
          }
          ++sighted_calls;
        });
  }
  /// Opens it with a puppet alone.
  Puppet& open_puppet(const Discovery::Pace& pace) {
    auto owned = std::make_unique<Puppet>("puppet");
    owned->own_pace = pace;
    Puppet& puppet = *owned;
    open({}, std::move(owned));
    return puppet;
  }
  ~PollFixture() { poll.reset(); }
  std::unique_ptr<SeedPoll> poll;
  std::vector<Seeds> found;
  std::vector<std::string> failures;
  std::vector<std::string> sighted;
  int sighted_calls = 0;
};

TEST_CASE("seed poll: answers of all sources are merged, sorted, each address once",
          "[discovery]") {
  PollFixture fixture;
  fixture.open({}, make_static_discovery({{"10.0.0.2", 2}, {"10.0.0.1", 1}}),
               make_static_discovery({{"10.0.0.3", 3}, {"10.0.0.2", 2}}));
  fixture.poll->ask();
  REQUIRE(fixture.found.size() == 1);
  CHECK(fixture.found[0] == Seeds{{"10.0.0.1", 1}, {"10.0.0.2", 2}, {"10.0.0.3", 3}});
  CHECK(fixture.failures.empty());
}

TEST_CASE("seed poll: it asks again and again, sooner while it has found nothing", "[discovery]") {
  PollFixture fixture;
  SeedPoll::Options options;
  SECTION("found") {
    options.interval = milliseconds{20};
    options.interval_unfound = hours{1};
    fixture.open(options, make_static_discovery({{"10.0.0.1", 1}}));
  }
  SECTION("not found") {
    options.interval = hours{1};
    options.interval_unfound = milliseconds{20};
    fixture.open(options, make_static_discovery({}));
  }
  const Instant begin = fixture.clock().now();
  fixture.poll->ask();
  REQUIRE(fixture.run_until([&] { return fixture.found.size() >= 4; }));
  // Three intervals, each at most a fifth shorter.
  CHECK(fixture.clock().now() - begin >= milliseconds{48});
}

TEST_CASE("seed poll: a changing file is followed, and keeps its seeds while it is gone",
          "[discovery]") {
  PollFixture fixture;
  const test::SeedFile file;
  auto workers = UvWorkers::open(fixture.loop(), 1).value();
  SeedPoll::Options options;
  options.interval = options.interval_unfound = milliseconds{10};
  fixture.open(options, make_file_discovery(file.path(), *workers));
  const auto has_found = [&](const Seeds& seeds) {
    return fixture.run_until(
        [&] { return !fixture.found.empty() && fixture.found.back() == seeds; });
  };
  fixture.poll->ask();
  REQUIRE(has_found({}));
  REQUIRE(fixture.failures.size() >= 1);
  CHECK_THAT(fixture.failures[0], Catch::Contains("cannot read the seeds in file '" + file.path()));

  file.write("10.0.0.1:1\n");
  REQUIRE(has_found({{"10.0.0.1", 1}}));
  fixture.failures.clear();
  file.write("10.0.0.1:1\nbad\n10.0.0.2:2\n");
  REQUIRE(has_found({{"10.0.0.1", 1}, {"10.0.0.2", 2}}));
  REQUIRE(fixture.run_until([&] { return !fixture.failures.empty(); }));
  CHECK_THAT(fixture.failures.back(), Catch::Contains("line 2"));

  std::filesystem::remove(file.path());
  const std::size_t before = fixture.found.size();
  REQUIRE(fixture.run_until([&] { return fixture.found.size() >= before + 3; }));
  CHECK(fixture.found.back() == Seeds{{"10.0.0.1", 1}, {"10.0.0.2", 2}});
  fixture.poll->close();
}

TEST_CASE("seed poll: a source that is slow holds up nobody and is not asked twice",
          "[discovery]") {
  PollFixture fixture;
  auto owned = std::make_unique<Puppet>("slow");
  Puppet& slow = *owned;
  fixture.open({}, std::move(owned), make_static_discovery({{"10.0.0.1", 1}}));
  fixture.poll->ask();
  REQUIRE(fixture.found.size() == 1);
  CHECK(fixture.found[0] == Seeds{{"10.0.0.1", 1}});
  fixture.poll->ask();
  CHECK(slow.asked == 1);
  slow.pending(Seeds{{"10.0.0.2", 2}});
  REQUIRE(fixture.found.size() == 3);
  CHECK(fixture.found[2] == Seeds{{"10.0.0.1", 1}, {"10.0.0.2", 2}});
  fixture.poll->ask();
  CHECK(slow.asked == 2);
  slow.pending(fail(ErrorCode::unavailable, "no answer"));
  CHECK(fixture.failures == std::vector<std::string>{"slow: no answer"});
  CHECK(fixture.found.back() == Seeds{{"10.0.0.1", 1}, {"10.0.0.2", 2}});
}

TEST_CASE("seed poll: nothing is called back after it was closed", "[discovery]") {
  PollFixture fixture;
  auto owned = std::make_unique<Puppet>("late");
  Puppet& late = *owned;
  fixture.open({}, std::move(owned));
  fixture.poll->ask();
  fixture.poll->close();
  SECTION("with seeds") {
    late.pending(Seeds{{"10.0.0.2", 2}});
  }
  SECTION("with an error") {
    late.pending(fail(ErrorCode::unavailable, "no answer"));
  }
  fixture.poll->ask();
  CHECK(late.asked == 1);
  CHECK(fixture.found.empty());
  CHECK(fixture.failures.empty());
}

TEST_CASE("seed poll: there is a bound to how many seeds it tells", "[discovery]") {
  PollFixture fixture;
  SeedPoll::Options options;
  options.seeds_max = 3;
  Seeds many;
  for (std::uint16_t port = 1; port <= 10; ++port) many.push_back({"10.0.0.1", port});
  fixture.open(options, make_static_discovery(many));
  fixture.poll->ask();
  REQUIRE(fixture.found.size() == 1);
  CHECK(fixture.found[0].size() == 3);
}

TEST_CASE("seed poll: each source is asked at its own pace, never sooner", "[discovery]") {
  PollFixture fixture;
  auto fast = std::make_unique<Puppet>("fast");
  fast->own_pace = {milliseconds{0}, milliseconds{40}, hours{1}};
  auto slow = std::make_unique<Puppet>("slow");
  slow->own_pace = {milliseconds{0}, hours{1}, milliseconds{100}};
  Puppet& quick = *fast;
  Puppet& lazy = *slow;
  fixture.open({}, std::move(fast), std::move(slow));
  fixture.poll->ask();
  CHECK(lazy.asked == 1);
  lazy.pending(Seeds{{"10.0.0.9", 9}});
  Instant answered = fixture.clock().now();
  for (int round = 1; round <= 6; ++round) {
    REQUIRE(fixture.run_until([&] { return quick.asked == round; }));
    if (round > 1) CHECK(fixture.clock().now() - answered >= milliseconds{40});
    quick.pending(Seeds{{"10.0.0.1", 1}});
    answered = fixture.clock().now();
  }
  CHECK(lazy.asked == 1);
  CHECK(fixture.found.back() == Seeds{{"10.0.0.1", 1}, {"10.0.0.9", 9}});
}

TEST_CASE("seed poll: a source that finds nothing is asked sooner, but not in company",
          "[discovery]") {
  PollFixture fixture;
  const bool has_company = GENERATE(true, false);
  Puppet& puppet = fixture.open_puppet({milliseconds{0}, hours{1}, milliseconds{10}});
  fixture.poll->on_company(has_company);
  fixture.poll->ask();
  REQUIRE(puppet.asked == 1);
  SECTION("an empty answer") {
    puppet.pending(Seeds{});
  }
  SECTION("a failure") {
    puppet.pending(fail(ErrorCode::unavailable, "no answer"));
  }
  const bool is_asked_again =
      fixture.run_until([&] { return puppet.asked == 2; }, milliseconds{100});
  CHECK(is_asked_again != has_company);
  if (!has_company) return;
  // Alone again, it is in a hurry.
  fixture.poll->on_company(false);
  CHECK(fixture.run_until([&] { return puppet.asked == 2; }));
}

TEST_CASE("seed poll: what a whole fleet asks at once is first asked within its time",
          "[discovery]") {
  PollFixture fixture;
  Puppet& puppet = fixture.open_puppet({milliseconds{100}, hours{1}, hours{1}});
  fixture.poll->ask();
  CHECK(puppet.asked == 0);
  fixture.poll->ask();
  CHECK(puppet.asked == 0);
  const Instant begin = fixture.clock().now();
  REQUIRE(fixture.run_until([&] { return puppet.asked == 1; }));
  CHECK(fixture.clock().now() - begin < std::chrono::seconds{5});
  // Who was asked once has its intervals, whatever is said.
  puppet.pending(Seeds{{"10.0.0.1", 1}});
  fixture.poll->ask();
  CHECK_FALSE(fixture.run_until([&] { return puppet.asked == 2; }, milliseconds{50}));
}

TEST_CASE("seed poll: a fleet that boots together does not ask together", "[discovery]") {
  std::vector<Duration> times;
  for (std::uint64_t seed = 1; seed <= 8; ++seed) {
    PollFixture fixture;
    auto owned = std::make_unique<Puppet>("puppet");
    owned->own_pace = {milliseconds{200}, hours{1}, hours{1}};
    Puppet& puppet = *owned;
    SeedPoll::Options options;
    options.seed = seed;
    fixture.open(options, std::move(owned));
    const Instant begin = fixture.clock().now();
    fixture.poll->ask();
    REQUIRE(fixture.run_until([&] { return puppet.asked == 1; }));
    times.push_back(fixture.clock().now() - begin);
  }
  std::sort(times.begin(), times.end());
  CHECK(times.back() - times.front() > milliseconds{50});
}

TEST_CASE("seed poll: with company in time it is asked only after an interval", "[discovery]") {
  PollFixture fixture;
  Puppet& puppet = fixture.open_puppet({milliseconds{20}, milliseconds{150}, milliseconds{1}});
  const Instant begin = fixture.clock().now();
  fixture.poll->ask();
  fixture.poll->on_company(true);
  REQUIRE(fixture.run_until([&] { return puppet.asked == 1; }));
  CHECK(fixture.clock().now() - begin >= milliseconds{150});
}

TEST_CASE("seed poll: the first asks of a large cluster are spread over a second a member",
          "[discovery]") {
  PollFixture fixture;
  Puppet& puppet = fixture.open_puppet({milliseconds{5}, milliseconds{10}, milliseconds{1}});
  fixture.poll->ask();
  fixture.poll->on_company(true, 1'000);
  CHECK_FALSE(fixture.run_until([&] { return puppet.asked == 1; }, milliseconds{200}));
  SECTION("unless the company goes") {
    fixture.poll->on_company(false);
    CHECK(fixture.run_until([&] { return puppet.asked == 1; }));
  }
}

TEST_CASE("seed poll: what a source sighted is told after each good answer", "[discovery]") {
  PollFixture fixture;
  Puppet& puppet = fixture.open_puppet({milliseconds{0}, milliseconds{5}, milliseconds{5}});
  fixture.poll->ask();
  puppet.own_sightings = {{"i-1"}, {"i-2"}};
  puppet.pending(Seeds{{"10.0.0.1", 1}});
  CHECK(fixture.sighted == std::vector<std::string>{"puppet: i-1", "puppet: i-2"});
  CHECK(fixture.sighted_calls == 1);
  REQUIRE(fixture.run_until([&] { return puppet.asked == 2; }));
  puppet.pending(fail(ErrorCode::unavailable, "no answer"));
  CHECK(fixture.sighted_calls == 1);
  REQUIRE(fixture.run_until([&] { return puppet.asked == 3; }));
  fixture.poll->close();
  puppet.pending(Seeds{});
  CHECK(fixture.sighted_calls == 1);
}

TEST_CASE("seed poll: a source that lists very many leaves room for the others", "[discovery]") {
  PollFixture fixture;
  Seeds many;
  for (std::uint16_t port = 1; port <= 1'000; ++port) many.push_back({"10.0.0.1", port});
  SeedPoll::Options options;
  options.seeds_max = 100;
  // By order its addresses come last, and there is no room for all.
  fixture.open(options, make_static_discovery(many),
               make_static_discovery({{"192.168.0.1", 1}, {"192.168.0.2", 2}}));
  fixture.poll->ask();
  REQUIRE(fixture.found.size() == 1);
  CHECK(fixture.found[0].size() == 100);
  CHECK(std::is_sorted(fixture.found[0].begin(), fixture.found[0].end()));
  CHECK(std::count(fixture.found[0].begin(), fixture.found[0].end(), Endpoint{"192.168.0.2", 2}) ==
        1);
}

TEST_CASE("seed poll: what was wrong with a source is known until it answers well", "[discovery]") {
  PollFixture fixture;
  Puppet& puppet = fixture.open_puppet({});
  CHECK(fixture.poll->problems().empty());
  fixture.poll->ask();
  puppet.pending(fail(ErrorCode::unavailable, "nobody there"));
  REQUIRE(fixture.poll->problems().size() == 1);
  CHECK(fixture.poll->problems()[0].source == "puppet");
  CHECK(fixture.poll->problems()[0].error.detail == "nobody there");
  fixture.poll->ask();
  puppet.pending(Seeds{{"10.0.0.1", 1}});
  CHECK(fixture.poll->problems().empty());
}

}  // namespace
}  // namespace gossamer
