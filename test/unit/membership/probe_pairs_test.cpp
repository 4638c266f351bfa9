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

/// What all do in a round, where views agree.
std::map<NodeId, ProbePairs::Duties> duties_in(std::int64_t round, const std::vector<NodeId>& ids,
                                               std::map<NodeId, ProbePairs>& pairs) {
  std::map<NodeId, ProbePairs::Duties> duties;
  for (const NodeId& self : ids) {
    auto& own = pairs.try_emplace(self, self, kRound).first->second;
    duties[self] = own.in_round(round, ring_of(self, ids));
  }
  return duties;
}

TEST_CASE("membership: where views agree each member is asked once in a round, and expects it",
          "[membership][pairs]") {
  auto ids = nodes(GENERATE(as<std::size_t>{}, 32, 33, 100, 257));
  for (std::size_t i = 21; i < 26; ++i) {  // Some begin alike, and so stand at one place.
    std::copy_n(ids[20].bytes.begin(), 12, ids[i].bytes.begin());
  }
  std::map<NodeId, ProbePairs> pairs;
  for (std::int64_t round = -9; round < 9; ++round) {
    auto duties = duties_in(round, ids, pairs);
    std::set<NodeId> asked;
    for (const auto& [self, own] : duties) {
      CHECK(own.asks.size() <= 2);
      for (const ProbePairs::Meeting& meeting : own.asks) {
        CHECK(meeting.with != self);
        CHECK(asked.insert(meeting.with).second);
        const auto& expected = duties[meeting.with].asked_by;
        REQUIRE(expected);
        CHECK(expected->with == self);
        CHECK(expected->at == meeting.at);
      }
    }
    CHECK(asked.size() == ids.size());
  }
}

TEST_CASE("membership: who comes and goes within a round stands where a new order would have it",
          "[membership][pairs]") {
  auto ids = nodes(200);
  for (std::size_t i = 150; i < 160; ++i) {  // Some begin alike.
    std::copy_n(ids[149].bytes.begin(), 12, ids[i].bytes.begin());
  }
  const auto same = [](const ProbePairs::Meeting& a, const ProbePairs::Meeting& b) {
    return a.with == b.with && a.at == b.at;
  };
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
      const ProbePairs::Duties expected = anew.in_round(i / 50, ring);
      const ProbePairs::Duties duties = kept.in_round(i / 50, ring);
      REQUIRE(std::equal(duties.asks.begin(), duties.asks.end(), expected.asks.begin(),
                         expected.asks.end(), same));
      REQUIRE(duties.asked_by.has_value() == expected.asked_by.has_value());
      if (duties.asked_by) REQUIRE(same(*duties.asked_by, *expected.asked_by));
    }
  }
}

TEST_CASE("membership: from one sign of life to the next lie less than one and a half periods",
          "[membership][pairs]") {
  const auto [n, most_ms] = GENERATE(values<std::pair<int, int>>({{64, 1'450}, {200, 1'250}}));
  const auto ids = nodes(static_cast<std::size_t>(n));
  std::map<NodeId, ProbePairs> pairs;
  std::map<NodeId, std::vector<Duration>> signs;
  for (std::int64_t round = 0; round < 100; ++round) {  // Of four eras.
    for (const auto& [self, own] : duties_in(round, ids, pairs)) {
      for (const ProbePairs::Meeting& meeting : own.asks) {
        signs[self].push_back(round * kRound + meeting.at);
      }
      if (own.asked_by) signs[self].push_back(round * kRound + own.asked_by->at);
    }
  }
  for (auto& [self, moments] : signs) {
    CHECK(moments.size() > 190);
    CHECK(moments.size() <= 201);
    std::sort(moments.begin(), moments.end());
    for (std::size_t i = 1; i < moments.size(); ++i) {
      REQUIRE(moments[i] - moments[i - 1] <= milliseconds{most_ms});
    }
  }
}

TEST_CASE("membership: who is asked is hardly ever who asks", "[membership][pairs]") {
  const auto ids = nodes(GENERATE(as<std::size_t>{}, 64, 100));
  ProbePairs own{ids[0], kRound};
  const ProbeRing ring = ring_of(ids[0], ids);
  int mutual = 0;
  for (std::int64_t round = 0; round < 200; ++round) {
    const ProbePairs::Duties duties = own.in_round(round, ring);
    for (const auto& asks : duties.asks) mutual += asks.with == duties.asked_by->with ? 1 : 0;
  }
  CHECK(mutual <= 10);
}

TEST_CASE("membership: in an hour everybody has asked nearly everybody", "[membership][pairs]") {
  const auto ids = nodes(64);
  ProbePairs own{ids[0], kRound};
  const ProbeRing ring = ring_of(ids[0], ids);
  std::set<NodeId> asked;
  for (std::int64_t round = 0; round < 1800; ++round) {
    for (const auto& meeting : own.in_round(round, ring).asks) asked.insert(meeting.with);
  }
  CHECK(asked.size() >= 60);
}

TEST_CASE("membership: nobody is asked by the same one for a minute", "[membership][pairs]") {
  const auto ids = nodes(GENERATE(as<std::size_t>{}, 32, 100, 1000));
  for (std::size_t i = 0; i < 20; ++i) {
    ProbePairs own{ids[i], kRound};
    const ProbeRing ring = ring_of(ids[i], ids);
    NodeId last{};
    int in_a_row = 0;
    for (std::int64_t round = 0; round < 200; ++round) {
      const auto asked_by = own.in_round(round, ring).asked_by;
      REQUIRE(asked_by);
      in_a_row = asked_by->with == last ? in_a_row + 1 : 1;
      last = asked_by->with;
      REQUIRE(in_a_row <= 30);
    }
  }
}

TEST_CASE("membership: views that differ by a member agree on many of the pairs",
          "[membership][pairs]") {
  const auto ids = nodes(200);
  const auto fewer = std::vector<NodeId>(ids.begin(), ids.end() - 1);
  ProbePairs own{ids[0], kRound};
  ProbePairs other{ids[0], kRound};
  const ProbeRing ring = ring_of(ids[0], ids);
  const ProbeRing smaller = ring_of(ids[0], fewer);
  int same = 0;
  for (std::int64_t round = 0; round < 200; ++round) {
    same +=
        own.in_round(round, ring).asked_by->with == other.in_round(round, smaller).asked_by->with
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
  const auto n = GENERATE(as<std::size_t>{}, ProbePairs::kMembersMin, 60);
  Cluster cluster{n};
  const auto probes = static_cast<std::size_t>(
      cluster.run_to(Instant{seconds{100}}, [](auto&, auto&) { return true; }));
  CHECK(probes >= n * 49);
  CHECK(probes <= n * 51);
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
