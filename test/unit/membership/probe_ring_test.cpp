#include "membership/probe_ring.hpp"

#include <catch2/catch.hpp>
#include <chrono>
#include <map>
#include <set>

#include "membership/probe_schedule.hpp"
#include "unit/membership/toy_engine.hpp"

namespace gossamer::membership {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using toy::at;
using toy::node;

ProbeRing ring_of(std::uint8_t self, std::uint8_t n) {
  ProbeRing ring{node(self)};
  for (std::uint8_t i = 1; i <= n; ++i) ring.add(node(i));
  return ring;
}

TEST_CASE("membership: where views agree each member is probed exactly once in a period",
          "[membership][ring]") {
  const auto n = GENERATE(as<std::uint8_t>{}, 2, 3, 10, 200);
  for (std::int64_t period = -3; period < 30; ++period) {
    std::set<NodeId> probed;
    for (std::uint8_t self = 1; self <= n; ++self) {
      const auto target = ring_of(self, n).target_in(period);
      REQUIRE(target);
      REQUIRE(*target != node(self));
      probed.insert(*target);
    }
    REQUIRE(probed.size() == n);
  }
}

TEST_CASE("membership: everybody is probed by many in turn", "[membership][ring]") {
  const ProbeRing ring = ring_of(7, 50);
  std::set<NodeId> probed;
  for (std::int64_t period = 0; period < 500; ++period) probed.insert(*ring.target_in(period));
  CHECK(probed.size() == 49);
}

TEST_CASE("membership: views that differ by a member mostly agree on who probes whom",
          "[membership][ring]") {
  int same = 0;
  for (std::int64_t period = 0; period < 100; ++period) {
    ProbeRing missing = ring_of(7, 200);
    missing.remove(node(199));
    same += missing.target_in(period) == ring_of(7, 200).target_in(period) ? 1 : 0;
  }
  CHECK(same > 40);
}

TEST_CASE("membership: one alone probes nobody", "[membership][ring]") {
  ProbeRing ring{node(1)};
  CHECK_FALSE(ring.target_in(5));
  ring.add(node(2));
  ring.remove(node(1));
  CHECK(ring.target_in(5) == node(2));
  ring.remove(node(2));
  CHECK_FALSE(ring.target_in(5));
}

TEST_CASE("membership: a member is probed at its own phase, whoever does it",
          "[membership][ring]") {
  const PeriodClock clock{seconds{1}, Duration{0}};
  ProbeSchedule schedule{seconds{1}, node(1), ProbeSchedule::Style::ring, 1};
  for (std::uint8_t i = 2; i <= 9; ++i) schedule.add(node(i));
  schedule.start(at(0), clock);
  for (int i = 0; i < 50; ++i) {
    const Instant due = *schedule.next_deadline(clock);
    CHECK_FALSE(schedule.take_due(due - milliseconds{1}, clock));
    const auto target = schedule.take_due(due, clock);
    REQUIRE(target);
    CHECK(due - clock.begin_of(clock.period_at(due)) == ProbeRing::phase_of(*target, seconds{1}));
    CHECK_FALSE(schedule.take_due(due, clock));
  }
}

TEST_CASE("membership: who was late by periods probes once, not once for each",
          "[membership][ring]") {
  const PeriodClock clock{seconds{1}, Duration{0}};
  ProbeSchedule schedule{seconds{1}, node(1),
                         GENERATE(ProbeSchedule::Style::ring, ProbeSchedule::Style::random), 1};
  for (std::uint8_t i = 2; i <= 9; ++i) schedule.add(node(i));
  schedule.start(at(0), clock);
  int probes = 0;
  while (schedule.take_due(at(60'000), clock)) ++probes;
  CHECK(probes <= 2);
  CHECK(*schedule.next_deadline(clock) > at(60'000));
}

TEST_CASE("membership: whoever is urgent is probed before others, once", "[membership][ring]") {
  const PeriodClock clock{seconds{1}, Duration{0}};
  ProbeSchedule schedule{seconds{1}, node(1), ProbeSchedule::Style::ring, 1};
  for (std::uint8_t i = 2; i <= 9; ++i) schedule.add(node(i));
  schedule.start(at(0), clock);
  schedule.urge(at(5), node(4));
  schedule.urge(at(5), node(4));
  CHECK(*schedule.next_deadline(clock) <= at(5));
  CHECK(schedule.take_due(at(5), clock) == node(4));
  CHECK(schedule.take_due(at(5), clock) != node(4));
}

}  // namespace
}  // namespace gossamer::membership
