// Each scenario of detection holds, small; and a fault that is planted in it is found.

#include <algorithm>
#include <catch2/catch.hpp>
#include <functional>
#include <string>

#include "sim/detection_run.hpp"

using namespace gossamer;
using namespace gossamer::sim;
using membership::Mechanism;
using membership::Mechanisms;
using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

namespace {

DetectionPlan planned(std::string_view name, std::uint32_t nodes, std::uint64_t seed = 1) {
  Result<DetectionPlan> plan = make_detection_plan(name, nodes, seed, {});
  REQUIRE(plan.has_value());
  return *plan;
}

/// A scenario, made short, and what is broken in it for the second run.
struct Row {
  const char* name;
  std::uint32_t nodes;
  std::function<void(DetectionPlan&)> shorten;
  std::function<void(DetectionPlan&)> plant;
  const char* complaint;  ///< Part of what must be said of it.
};

// Nodes that have what makes them calm taken out, and still promise to be.
void make_nervous(DetectionPlan& plan) {
  plan.membership.suspicion_floor = milliseconds{50};
  plan.mechanisms = plan.mechanisms.without(Mechanism::stalls)
                        .without(Mechanism::panel)
                        .without(Mechanism::privacy)
                        .without(Mechanism::hearing)
                        .without(Mechanism::confirmations);
}

void never_bury(DetectionPlan& plan) {
  plan.membership.suspicion_floor = minutes{10};
}

void never_ask_the_dead(DetectionPlan& plan) {
  plan.membership.reconnect_interval = hours{24 * 7};
}

const std::vector<Row>& rows() {
  static const std::vector<Row> all{
      {"detect", 16, [](DetectionPlan& plan) { plan.crashes = 2; }, never_bury, "crashed, and"},
      {"loss", 24, [](DetectionPlan& plan) { plan.lasts = seconds{30}; },
       [](DetectionPlan& plan) {
         make_nervous(plan);
         plan.mechanisms = plan.mechanisms.without(Mechanism::second_ping);
         plan.lasts = minutes{5};
       },
       "false downs of healthy members"},
      {"lifeguard", 32, [](DetectionPlan& plan) { plan.afflicted = 8; },
       [](DetectionPlan& plan) { plan.mechanisms = Mechanisms::swim(); },
       "false downs of healthy members"},
      {"flapping", 24, [](DetectionPlan& plan) { plan.lasts = seconds{30}; },
       [](DetectionPlan& plan) {
         make_nervous(plan);
         plan.drain = milliseconds{20};
       },
       "false downs of healthy members"},
      {"stall", 16, [](DetectionPlan& plan) { plan.crashes = 3; }, make_nervous,
       "held down after a stall of 1500 ms"},
      {"one_way", 24,
       [](DetectionPlan& plan) {
         plan.afflicted = 2;
         plan.lasts = minutes{3};
       },
       [](DetectionPlan& plan) { plan.mechanisms = plan.mechanisms.without(Mechanism::isolation); },
       "false downs of healthy members"},
      {"churn", 32, [](DetectionPlan& plan) { plan.crashes = 1; }, never_bury, "crashed, and"},
      {"restart_storm", 16, [](DetectionPlan& plan) { plan.restarts = 40; },
       [](DetectionPlan& plan) { plan.mechanisms = plan.mechanisms.without(Mechanism::heirs); },
       "members live where there are 16"},
      {"mass_death", 24, [](DetectionPlan& plan) { plan.afflicted = 4; }, never_bury,
       "not all know of 4 deaths"},
      {"join", 24,
       [](DetectionPlan& plan) {
         plan.crashes = 1;
         plan.lasts = seconds{2};
       },
       [](DetectionPlan& plan) { plan.network.lost = 1000; }, "not all know all"},
      {"split", 16, [](DetectionPlan& plan) { plan.lasts = seconds{40}; }, never_bury,
       "pairs on two sides hold each other live"},
      {"split_72h", 8, [](DetectionPlan& plan) { plan.lasts = hours{1}; }, never_ask_the_dead,
       "no single view"},
  };
  return all;
}

}  // namespace

TEST_CASE("sim: every scenario of detection holds, and finds the fault that is planted in it") {
  for (const Row& row : rows()) {
    DYNAMIC_SECTION(row.name) {
      DetectionPlan plan = planned(row.name, row.nodes);
      row.shorten(plan);
      const DetectionReport whole = run_detection(plan);
      if (!whole.violations.empty()) FAIL(whole.violations.front());

      row.plant(plan);
      const DetectionReport broken = run_detection(plan);
      REQUIRE_FALSE(broken.violations.empty());
      CHECK_THAT(broken.violations.front(), Catch::Matchers::Contains(row.complaint));
    }
  }
}

TEST_CASE("sim: every scenario of detection is tried with a planted fault") {
  for (const std::string_view name : detection_scenario_names()) {
    const bool is_tried =
        std::any_of(rows().begin(), rows().end(), [&](const Row& row) { return row.name == name; });
    CAPTURE(name);
    CHECK(is_tried);
  }
}

TEST_CASE("sim: equal seeds of detection give equal runs, others give others") {
  const auto fingerprint = [](std::uint64_t seed) {
    DetectionPlan plan = planned("detect", 8, seed);
    plan.crashes = 1;
    return run_detection(plan).fingerprint;
  };
  CHECK(fingerprint(3) == fingerprint(3));
  CHECK(fingerprint(3) != fingerprint(4));
}

TEST_CASE("sim: nodes that hold in common what is equal run as those do that hold their own") {
  for (const std::string_view name : {"detect", "join", "churn", "restart_storm", "split"}) {
    DYNAMIC_SECTION(name) {
      DetectionPlan plan = planned(name, 40, 7);
      plan.crashes = 1;
      plan.restarts = 30;
      const DetectionReport shared = run_detection(plan);
      plan.is_sharing = false;
      const DetectionReport alone = run_detection(plan);
      CHECK(shared.fingerprint == alone.fingerprint);
      CHECK(shared.figures.events == alone.figures.events);
    }
  }
}

TEST_CASE("sim: nodes that start within some seconds know each other at once when the last has") {
  const DetectionPlan plan = planned("join", 64, 3);
  const DetectionReport report = run_detection(plan);
  if (!report.violations.empty()) FAIL(report.violations.front());
  CHECK(report.figures.joined.count() == 1);
  CHECK(report.figures.joined.percentile_ms(100) < 2000);
  CHECK(report.figures.crashes == 5);
  CHECK(report.figures.undetected == 0);
}

TEST_CASE(
    "sim: mute and deaf nodes change nobody's mind but once, and hold nobody down themselves") {
  DetectionPlan plan = planned("one_way", 64, 5);
  plan.afflicted = 2;
  plan.lasts = minutes{4};
  const DetectionReport report = run_detection(plan);
  if (!report.violations.empty()) FAIL(report.violations.front());
  CHECK(report.figures.false_downs == 0);
  CHECK(report.figures.state_changes <= 2 * report.figures.afflicted_views);
  CHECK(report.figures.state_changes_max <= 2);
}

TEST_CASE("sim: who was cut off and comes back costs no healthy member its life") {
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    DetectionPlan plan = planned("split", 7, seed);
    plan.afflicted = 1;
    plan.lasts = seconds{15};
    const DetectionReport report = run_detection(plan);
    CAPTURE(seed);
    if (!report.violations.empty()) FAIL(report.violations.front());
    CHECK(report.figures.healed.count() == 1);
  }
}

TEST_CASE("sim: in regions whose round trip is 300 ms nobody is asked twice, or suspected") {
  DetectionPlan plan = planned("detect", 48, 3);
  plan.network.regions = 3;
  plan.network.apart = milliseconds{150};
  plan.crashes = 2;
  const DetectionReport report = run_detection(plan);
  if (!report.violations.empty()) FAIL(report.violations.front());
  CHECK(report.figures.suspicions == 0);
  CHECK(report.figures.steady.packets_per_node_second() < 2);
  plan.mechanisms = plan.mechanisms.without(Mechanism::round_trips);
  plan.membership.probe_interval = milliseconds{900};  // A third of it for an answer.
  CHECK(run_detection(plan).figures.steady.packets_per_node_second() > 5);
}

TEST_CASE("sim: an option that does nothing in a scenario of detection is refused") {
  DetectionSwitches switches;
  switches.afflicted = 3;
  const auto refused = make_detection_plan("detect", 10, 1, switches);
  REQUIRE_FALSE(refused.has_value());
  CHECK(refused.error().detail == "--blocked does nothing in the scenario detect");
  CHECK(make_detection_plan("split", 10, 1, switches).has_value());
  switches = {};
  switches.apart_ms = 100;
  CHECK_FALSE(make_detection_plan("detect", 10, 1, switches).has_value());
  switches.regions = 3;
  CHECK(make_detection_plan("detect", 10, 1, switches).has_value());
  switches.apart_ms = -1;
  CHECK_FALSE(make_detection_plan("detect", 10, 1, switches).has_value());
}

TEST_CASE("sim: whoever looks on is told how far a run has come, and changes nothing in it") {
  DetectionPlan plan = planned("join", 64, 3);
  plan.crashes = 2;
  std::vector<std::string> parts;
  Duration told{};
  const DetectionReport seen = run_detection(plan, [&](const DetectionProgress& progress) {
    CHECK(progress.virtual_time >= told);
    told = progress.virtual_time;
    if (parts.empty() || parts.back() != progress.part) parts.push_back(progress.part);
  });
  CHECK(std::find(parts.begin(), parts.end(), "joining") != parts.end());
  CHECK(std::find(parts.begin(), parts.end(), "crash 2 of 2") != parts.end());
  CHECK(seen.fingerprint == run_detection(plan).fingerprint);
}

TEST_CASE(
    "sim: plain SWIM holds healthy members down when others are blocked, all of ours nobody") {
  DetectionPlan plan = planned("lifeguard", 64, 2);
  plan.afflicted = 16;
  const DetectionReport ours = run_detection(plan);
  if (!ours.violations.empty()) FAIL(ours.violations.front());
  plan.mechanisms = Mechanisms::swim();
  plan.is_strict = false;
  const DetectionReport swim = run_detection(plan);
  CHECK(swim.figures.false_downs >= 50);
  CHECK(ours.figures.false_downs * 50 <= swim.figures.false_downs);
}
