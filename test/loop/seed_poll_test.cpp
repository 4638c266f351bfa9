#include "discovery/seed_poll.hpp"

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
  std::string own_name;
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
        });
  }
  ~PollFixture() { poll.reset(); }
  std::unique_ptr<SeedPoll> poll;
  std::vector<Seeds> found;
  std::vector<std::string> failures;
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

}  // namespace
}  // namespace gossamer
