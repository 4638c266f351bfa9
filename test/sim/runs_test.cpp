#include <catch2/catch.hpp>

#include "sim/simulation.hpp"

using namespace gossamer;
using namespace gossamer::sim;

namespace {

Scenario drawn(std::string_view name, std::uint32_t nodes, std::uint64_t seed) {
  Result<Scenario> scenario = draw_scenario(name, nodes, seed);
  REQUIRE(scenario.has_value());
  return *scenario;
}

}  // namespace

TEST_CASE("sim: equal seeds give equal stories, others give others") {
  for (const std::string_view name : {"mix", "failover"}) {
    const Report first = run(drawn(name, 4, 11));
    const Report again = run(drawn(name, 4, 11));
    const Report other = run(drawn(name, 4, 12));
    CHECK(first.fingerprint == again.fingerprint);
    CHECK(first.figures.events == again.figures.events);
    CHECK(first.fingerprint != other.fingerprint);
  }
}

TEST_CASE("sim: every invariant holds in a dozen seeds of every scenario") {
  for (const std::string_view name : scenario_names()) {
    std::uint64_t acknowledged = 0;
    for (std::uint64_t seed = 1; seed <= 12; ++seed) {
      const Report report = run(drawn(name, 4, seed));
      CAPTURE(replay_line(name, 4, seed));
      if (!report.violations.empty()) FAIL(report.violations.front());
      acknowledged += report.figures.acknowledged_writes;
    }
    CHECK(acknowledged > 100);
  }
}

TEST_CASE("sim: a cluster of one or two is a cluster") {
  for (const std::uint32_t nodes : {1U, 2U}) {
    const Report report = run(drawn("mix", nodes, 3));
    CAPTURE(nodes);
    if (!report.violations.empty()) FAIL(report.violations.front());
    CHECK(report.figures.acknowledged_writes > 0);
  }
}

TEST_CASE("sim: whatever is drawn for a node is valid") {
  for (const std::string_view name : scenario_names()) {
    for (std::uint64_t seed = 1; seed <= 200; ++seed) {
      const Scenario scenario = drawn(name, 5, seed);
      if (const auto valid = scenario.membership.validate(); !valid) FAIL(valid.error().detail);
      if (const auto valid = scenario.spec.validate(); !valid) FAIL(valid.error().detail);
    }
  }
}

TEST_CASE("sim: an unknown scenario is refused with the names of those that are known") {
  const auto unknown = draw_scenario("earthquake", 5, 1);
  REQUIRE_FALSE(unknown.has_value());
  CHECK(unknown.error().detail ==
        "unknown scenario 'earthquake'; known are crash, partition, lossy, restart, failover, "
        "insider, mix, "
        "upgrade");
  CHECK_FALSE(draw_scenario("mix", 0, 1).has_value());
  CHECK_FALSE(draw_scenario("mix", 2001, 1).has_value());
}

TEST_CASE("sim: who writes into the object store without its data key is never believed") {
  std::uint64_t acknowledged = 0;
  for (std::uint64_t seed = 1; seed <= 24; ++seed) {
    Scenario scenario = drawn("failover", 5, seed);
    scenario.faults.forge = true;
    scenario.faults.every_min = std::chrono::seconds{1};
    const Report report = run(scenario);
    CAPTURE(seed);
    if (!report.violations.empty()) FAIL(report.violations.front());
    acknowledged += report.figures.acknowledged_writes;
  }
  CHECK(acknowledged > 1'000);
}

TEST_CASE("sim: claims that nobody made are believed nowhere, and names come back") {
  Figures figures;
  for (std::uint64_t seed = 1; seed <= 24; ++seed) {
    const Report report = run(drawn("insider", 5, seed));
    CAPTURE(seed);
    if (!report.violations.empty()) FAIL(report.violations.front());
    figures.add(report.figures);
  }
  CHECK(figures.marks["naming: a made-up claim was refuted"] > 100);
  CHECK(figures.takeovers > 24);
}

TEST_CASE("sim: recorded frames, sent again from anybody's address, bury no living member") {
  Figures figures;
  for (std::uint64_t seed = 1; seed <= 12; ++seed) {
    Scenario scenario = drawn("crash", 6, seed);
    scenario.network = NetworkConditions{};
    scenario.network.replayed = 300;
    scenario.membership.tombstone_time = std::chrono::seconds{5};
    scenario.faults.lose_disks = true;
    scenario.faults.restart = true;
    const Report report = run(scenario);
    CAPTURE(seed);
    if (!report.violations.empty()) FAIL(report.violations.front());
    figures.add(report.figures);
  }
  CHECK(figures.crashes > 50);
  CHECK(figures.false_downs == 0);
  CHECK(figures.marks["membership: replaced on its address"] > 0);
}

TEST_CASE(
    "sim: nodes of two versions are one cluster, all through an upgrade and back, and no death is "
    "false") {
  std::uint64_t next_version = 0;
  for (std::uint64_t seed = 1; seed <= 12; ++seed) {
    const Report report = run(drawn("upgrade", 7, seed));
    CAPTURE(seed);
    if (!report.violations.empty()) FAIL(report.violations.front());
    CHECK(report.figures.false_downs == 0);
    const auto mark = report.figures.marks.find("sim: a packet of the wire's next version");
    REQUIRE(mark != report.figures.marks.end());
    // Both versions were spoken.
    CHECK(mark->second < report.figures.datagrams + report.figures.frames);
    next_version += mark->second;
  }
  CHECK(next_version > 1'000);
}
