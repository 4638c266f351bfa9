#include "membership/probe_pairs.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <chrono>
#include <cmath>
#include <deque>
#include <map>
#include <set>
#include <vector>

#include "base/random.hpp"
#include "membership/probe_schedule.hpp"
#include "unit/membership/toy_engine.hpp"

namespace gossamer::membership {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr Duration kRound = seconds{2};

std::vector<NodeId> nodes(std::size_t n) {
  Random random{7};
  std::vector<NodeId> ids(n);
  for (NodeId& id : ids) {
    for (auto& byte : id.bytes) byte = static_cast<std::uint8_t>(random.next());
  }
  return ids;
}

ProbeRing ring_of(const NodeId& self, const std::vector<NodeId>& ids) {
  ProbeRing ring{self};
  for (const NodeId& id : ids) ring.add(id);
  return ring;
}

TEST_CASE("membership: where views agree each member asks once in a round and is asked once",
          "[membership][pairs]") {
  const auto ids = nodes(GENERATE(as<std::size_t>{}, 32, 33, 100, 257));
  for (std::int64_t round = -9; round < 9; ++round) {
    std::map<NodeId, ProbePairs::Pair> pairs;
    std::set<NodeId> probed;
    for (const NodeId& self : ids) {
      ProbePairs own{self, kRound};
      pairs[self] = own.in_round(round, ring_of(self, ids));
      probed.insert(pairs[self].probed);
    }
    CHECK(probed.size() == ids.size());
    for (const auto& [self, pair] : pairs) {
      CHECK(pair.probed != self);
      const ProbePairs::Pair& other = pairs[pair.probed];
      CHECK(other.prober == self);
      CHECK(other.prober_due_at == pair.probed_at);
    }
  }
}

TEST_CASE("membership: who comes and goes within an era stands where a new order would have it",
          "[membership][pairs]") {
  auto ids = nodes(200);
  for (std::size_t i = 150; i < 160; ++i) {  // Some begin alike.
    std::copy_n(ids[149].bytes.begin(), 12, ids[i].bytes.begin());
  }
  for (const NodeId& self : {ids[0], ids[149], ids[155]}) {
    ProbeRing ring = ring_of(self, {ids.begin(), ids.begin() + 160});
    ProbePairs kept{self, kRound};
    kept.in_round(1, ring);
    Random random{5};
    for (int i = 0; i < 300; ++i) {
      const NodeId& id = ids[random.below(ids.size())];
      if (ring.size() > ProbePairs::kMembersMin && ring.remove(id)) {
        kept.remove(id);
      } else if (ring.add(id)) {
        kept.add(id);
      }
      ProbePairs anew{self, kRound};
      const ProbePairs::Pair expected = anew.in_round(i / 50, ring);
      const ProbePairs::Pair pair = kept.in_round(i / 50, ring);
      REQUIRE(pair.probed == expected.probed);
      REQUIRE(pair.prober == expected.prober);
      REQUIRE(pair.probed_at == expected.probed_at);
      REQUIRE(pair.prober_due_at == expected.prober_due_at);
    }
  }
}

TEST_CASE("membership: between asking and being asked lies about a period", "[membership][pairs]") {
  const auto ids = nodes(200);
  for (std::int64_t round = 0; round < 16; ++round) {
    for (const NodeId& self : ids) {
      ProbePairs own{self, kRound};
      const ProbePairs::Pair pair = own.in_round(round, ring_of(self, ids));
      const Duration apart{std::abs((pair.probed_at - pair.prober_due_at).count())};
      CHECK(apart >= milliseconds{860});
      CHECK(apart <= milliseconds{1140});
    }
  }
}

TEST_CASE("membership: in an hour everybody has asked nearly everybody", "[membership][pairs]") {
  const auto ids = nodes(64);
  ProbePairs own{ids[0], kRound};
  const ProbeRing ring = ring_of(ids[0], ids);
  std::set<NodeId> probed;
  for (std::int64_t round = 0; round < 1800; ++round)
    probed.insert(own.in_round(round, ring).probed);
  CHECK(probed.size() == 63);
}

TEST_CASE("membership: views that differ by a member agree on many of the pairs",
          "[membership][pairs]") {
  const auto ids = nodes(200);
  const auto fewer = std::vector<NodeId>(ids.begin(), ids.end() - 1);
  int same = 0;
  for (std::int64_t round = 0; round < 200; ++round) {
    ProbePairs own{ids[0], kRound};
    ProbePairs other{ids[0], kRound};
    same += own.in_round(round, ring_of(ids[0], ids)).probed ==
                    other.in_round(round, ring_of(ids[0], fewer)).probed
                ? 1
                : 0;
  }
  CHECK(same > 80);
}

/// Everybody's schedule, and who probes whom when.
struct Cluster {
  explicit Cluster(std::size_t n) : ids(nodes(n)) {
    for (const NodeId& self : ids) {
      schedules.emplace_back(seconds{1}, self, ProbeSchedule::Style::pairs, 1);
      for (const NodeId& id : ids) schedules.back().add(id);
      schedules.back().start(Instant{}, clock);
      schedules.back().allow(milliseconds{50});
    }
  }
  /// Runs to `end`; `hears` whether a probe of the first reaches the second. Counts probes.
  template <class Hears>
  int run_to(Instant end, Hears hears) {
    int probes = 0;
    for (Instant now{}; now < end; now = now + milliseconds{5}) {
      for (std::size_t i = 0; i < ids.size(); ++i) {
        while (const auto target = schedules[i].take_due(now, clock)) {
          ++probes;
          const auto at = std::find(ids.begin(), ids.end(), *target) - ids.begin();
          if (!hears(ids[i], *target)) continue;

          schedules[static_cast<std::size_t>(at)].note_heard(now, ids[i], clock);
          schedules[i].note_heard(now, *target, clock);  // The answer.
        }
      }
    }
    return probes;
  }

  PeriodClock clock{seconds{1}, Duration{0}};
  std::vector<NodeId> ids;
  std::deque<ProbeSchedule> schedules{};
};

TEST_CASE("membership: of each two periods one costs a probe", "[membership][pairs]") {
  Cluster cluster{60};
  const int probes = cluster.run_to(Instant{seconds{100}}, [](auto&, auto&) { return true; });
  CHECK(probes >= 60 * 49);
  CHECK(probes <= 60 * 51);
}

TEST_CASE("membership: whoever is asked by nobody in time asks himself", "[membership][pairs]") {
  Cluster cluster{60};
  const NodeId mute = cluster.ids[5];
  std::map<NodeId, int> asked_by;
  cluster.run_to(Instant{seconds{40}}, [&](const NodeId& from, const NodeId& to) {
    if (to == mute) ++asked_by[from];
    return from != mute && to != mute;
  });
  int times = 0;
  for (const auto& [id, count] : asked_by) times += count;
  CHECK(times >= 38);  // Once in each period, half of it by those who waited in vain.
  CHECK(times <= 42);
  CHECK(asked_by.size() > 8);
}

TEST_CASE("membership: in small clusters each asks another in each period", "[membership][pairs]") {
  Cluster cluster{ProbePairs::kMembersMin - 1};
  const int probes = cluster.run_to(Instant{seconds{20}}, [](auto&, auto&) { return true; });
  CHECK(probes >= 31 * 19);
  CHECK(probes <= 31 * 21);
}

TEST_CASE("membership: a clock that is set back does not silence the schedule",
          "[membership][pairs]") {
  const auto ids = nodes(40);
  PeriodClock clock{seconds{1}, seconds{1000}};
  ProbeSchedule schedule{seconds{1}, ids[0], ProbeSchedule::Style::pairs, 1};
  for (const NodeId& id : ids) schedule.add(id);
  schedule.start(Instant{}, clock);
  schedule.take_due(Instant{seconds{3}}, clock);
  const Instant now{seconds{3}};
  clock.hear(now, 500'000'000, Duration{0});
  schedule.on_clock_moved(now, clock);
  CHECK(*schedule.next_deadline(clock) < now + seconds{3});
}

}  // namespace
}  // namespace gossamer::membership
