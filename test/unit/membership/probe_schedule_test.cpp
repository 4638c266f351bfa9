// When whom is probed, as members come and go and this node runs late.

#include "membership/probe_schedule.hpp"

#include <catch2/catch.hpp>
#include <set>
#include <utility>
#include <vector>

#include "unit/membership/toy_engine.hpp"

namespace gossamer::membership {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using toy::at;
using toy::endpoint;
using toy::node;
using Style = ProbeSchedule::Style;

struct Toy {
  explicit Toy(Style style, std::uint8_t last, Instant started = at(0))
      : schedule{seconds{1}, node(1), style, 1} {
    for (std::uint8_t i = 2; i <= last; ++i) schedule.add(node(i));
    schedule.start(started, clock);
    schedule.allow(milliseconds{50});
  }
  /// Who is probed by then, and at which millisecond.
  std::vector<std::pair<std::int64_t, NodeId>> run(std::int64_t from_ms, std::int64_t until_ms) {
    std::vector<std::pair<std::int64_t, NodeId>> probed;
    for (std::int64_t ms = from_ms; ms < until_ms; ++ms) {
      while (const auto target = schedule.take_due(at(ms), clock)) probed.emplace_back(ms, *target);
    }
    return probed;
  }

  PeriodClock clock{seconds{1}, Duration{0}};
  ProbeSchedule schedule;
};

TEST_CASE("membership: who comes or goes within a round is reckoned with at once",
          "[membership][probe]") {
  const auto [style, last] =
      GENERATE(values<std::pair<Style, std::uint8_t>>({{Style::ring, 10}, {Style::pairs, 60}}));
  const std::int64_t ms = 20'000 + GENERATE(100, 700, 1'300);
  Toy kept{style, last};
  kept.run(0, ms);
  kept.schedule.next_deadline(kept.clock);
  const bool comes = GENERATE(true, false);
  if (comes) {
    kept.schedule.add(node(static_cast<std::uint8_t>(last + 1)));
  } else {
    kept.schedule.remove(node(last));
  }
  Toy anew{style, static_cast<std::uint8_t>(comes ? last + 1 : last - 1), at(ms - 1)};
  // Another may stand now where the time of one has just passed.
  kept.run(ms, ms + 1);
  anew.run(ms, ms + 1);
  CHECK(kept.run(ms + 1, ms + 4'000) == anew.run(ms + 1, ms + 4'000));
}

TEST_CASE("membership: what fell due before a start, or in a stall, is not caught up with",
          "[membership][probe][stall]") {
  const auto [style, last] = GENERATE(values<std::pair<Style, std::uint8_t>>(
      {{Style::random, 10}, {Style::ring, 10}, {Style::pairs, 60}}));
  const std::int64_t ms = GENERATE(300, 900, 1'500, 1'999, 7'300);
  SECTION("before a start") {
    Toy toy{style, last, at(ms)};
    CHECK_FALSE(toy.schedule.take_due(at(ms), toy.clock));
  }
  SECTION("in a stall") {
    Toy toy{style, last};
    toy.run(0, 4'000);
    toy.schedule.on_stall(at(4'000 + ms), toy.clock);
    CHECK_FALSE(toy.schedule.take_due(at(4'000 + ms), toy.clock));
  }
}

TEST_CASE("membership: whoever is late probes once for a period, however many have passed",
          "[membership][probe]") {
  const auto style = GENERATE(Style::random, Style::ring);
  Toy toy{style, 10};
  toy.run(0, 4'000);
  CHECK(toy.run(60'000, 60'001).size() == 1);
  CHECK(toy.run(60'001, 70'001).size() == 10);
}

TEST_CASE("membership: who is urgent is probed once, unless it has gone", "[membership][probe]") {
  Toy toy{Style::ring, 10, at(0)};
  toy.run(0, 4'000);
  for (int i = 0; i < 5; ++i) toy.schedule.urge(at(4'000), node(3));
  toy.schedule.urge(at(4'000), node(4));
  toy.schedule.urge(at(4'000), node(5));
  toy.schedule.remove(node(4));
  CHECK(*toy.schedule.next_deadline(toy.clock) <= at(4'000));
  CHECK(toy.schedule.take_due(at(4'000), toy.clock) == node(3));
  CHECK(toy.schedule.take_due(at(4'000), toy.clock) == node(5));
  CHECK_FALSE(toy.schedule.take_due(at(4'000), toy.clock));
  CHECK(*toy.schedule.next_deadline(toy.clock) > at(4'000));
}

TEST_CASE("membership: a schedule that is stopped has nobody probed, urgent or not",
          "[membership][probe]") {
  Toy toy{Style::ring, 10};
  toy.run(0, 4'000);
  toy.schedule.urge(at(4'000), node(3));
  toy.schedule.stop();
  toy.schedule.urge(at(4'001), node(4));
  CHECK(toy.run(4'001, 10'000).empty());
  CHECK_FALSE(toy.schedule.next_deadline(toy.clock));
}

TEST_CASE("membership: who takes over the count of others that are far behind probes on at once",
          "[membership][probe]") {
  Membership engine{{}, {node(1), toy::statement(1), seconds{1'000}}, 1};
  Outbox outbox;
  engine.start(at(0), outbox);
  for (std::uint8_t i = 2; i <= 5; ++i) engine.on_member(at(0), node(i), toy::statement(i), outbox);
  std::size_t probes = 0;
  for (std::int64_t ms = 0; ms < 10'000; ++ms) {
    outbox.clear();
    engine.on_deadline(at(ms), outbox);
    for (const Effect& effect : Outbox{outbox}) {
      const auto* send = std::get_if<Send>(&effect);
      const auto* ping = send == nullptr ? nullptr : std::get_if<Ping>(&send->message);
      if (ping == nullptr) continue;
      ++probes;
      // Theirs began with the test.
      const Greeting greeting{static_cast<std::uint64_t>(1'000 * ms + 1), 0};
      engine.on_message(at(ms), ping->target, send->to, false, Ack{ping->sequence, greeting},
                        outbox);
    }
  }
  CHECK(probes >= 8);
}

/// The round of 40, from 20 s to 22 s, in which node 1 has to do with these.
ProbePairs::Duties duties_of_round_10() {
  ProbeRing ring{node(1)};
  for (std::uint8_t i = 2; i <= 40; ++i) ring.add(node(i));
  return ProbePairs{node(1), seconds{2}}.in_round(10, ring);
}

TEST_CASE("membership: who probes this node is not probed by it if it was heard near its moment",
          "[membership][pairs]") {
  const ProbePairs::Duties duties = duties_of_round_10();
  REQUIRE(duties.asked_by);
  const std::int64_t due_ms = 20'000 + duties.asked_by->at / milliseconds{1};
  REQUIRE(due_ms > 20'300);
  REQUIRE(due_ms < 21'900);
  struct Row {
    std::int64_t heard_ms;  ///< After its moment, or before.
    bool is_probed;
  };
  const auto row =
      GENERATE(values<Row>({{-1'000, true}, {-251, true}, {-249, false}, {0, false}, {49, false}}));
  CAPTURE(row.heard_ms);
  Toy toy{Style::pairs, 40};
  toy.run(0, 20'000);
  std::set<NodeId> probed;
  for (std::int64_t ms = 20'000; ms < 22'000; ++ms) {
    // Others are heard all the time, which is no sign of this one.
    for (std::uint8_t i = 2; i <= 40; ++i) {
      const bool is_it = node(i) == duties.asked_by->with;
      if (is_it ? ms == due_ms + row.heard_ms : true) {
        toy.schedule.note_heard(at(ms), node(i), toy.clock);
      }
    }
    for (const auto& [when, target] : toy.run(ms, ms + 1)) {
      probed.insert(target);
      if (target == duties.asked_by->with) CHECK(when >= due_ms + 50);
    }
  }
  CHECK(probed.contains(duties.asked_by->with) == row.is_probed);
  for (const ProbePairs::Meeting& asks : duties.asks) CHECK(probed.contains(asks.with));
}

TEST_CASE(
    "membership: who is awaited in vain is asked half of what an answer may take later, who is "
    "heard "
    "is not",
    "[membership][pairs]") {
  const bool is_heard = GENERATE(false, true);
  toy::Engine toy;
  toy.know_up_to(40);
  toy::live_for(toy, 20'000 - 20);
  toy.outbox.clear();
  REQUIRE(toy.now == at(20'000));
  const ProbePairs::Duties duties = duties_of_round_10();
  const auto moment = [](Duration after) {
    return 20'000 + (after - Duration{1}) / milliseconds{1};
  };
  std::set<std::pair<std::int64_t, NodeId>> asked;
  for (std::int64_t ms = 20'000; ms < 22'000; ++ms) {
    toy.outbox.clear();
    if (is_heard && ms == moment(duties.asked_by->at)) {
      const NodeId& prober = duties.asked_by->with;
      toy.engine.on_heard(toy.now, prober, endpoint(prober.bytes[0]), toy.outbox);
    }
    toy::live_for(toy, 1);
    for (const Send& ping : toy.sent<Ping>()) {
      asked.emplace(ms, std::get<Ping>(ping.message).target);
    }
  }
  std::set<std::pair<std::int64_t, NodeId>> expected;
  for (const auto& asks : duties.asks) expected.emplace(moment(asks.at), asks.with);
  if (!is_heard) {
    expected.emplace(moment(duties.asked_by->at + milliseconds{50}), duties.asked_by->with);
  }
  CHECK(asked == expected);
}

}  // namespace
}  // namespace gossamer::membership
