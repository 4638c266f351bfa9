#include "membership/suspicion.hpp"

#include <catch2/catch.hpp>
#include <chrono>
#include <cmath>

#include "unit/membership/toy_engine.hpp"

namespace gossamer::membership {
namespace {

using std::chrono::milliseconds;
using toy::at;
using toy::node;

TEST_CASE("membership: the integer logarithm is right to its last place",
          "[membership][suspicion]") {
  struct Row {
    std::uint64_t n;
    std::uint64_t milli;
  };
  const auto row = GENERATE(values<Row>({{0, 0},
                                         {1, 0},
                                         {2, 301},
                                         {3, 477},
                                         {9, 954},
                                         {10, 1000},
                                         {50, 1699},
                                         {100, 2000},
                                         {1000, 3000},
                                         {10'000, 4000},
                                         {100'000, 5000}}));
  CHECK(log10_milli(row.n) == row.milli);
}

TEST_CASE("membership: the integer logarithm follows the real one", "[membership][suspicion]") {
  for (std::uint64_t n = 1; n < 200'000; n += 7) {
    const double real = 1000 * std::log10(static_cast<double>(n));
    REQUIRE(std::abs(static_cast<double>(log10_milli(n)) - real) < 0.51);
  }
}

TEST_CASE("membership: an unconfirmed suspicion grows with the cluster, a confirmed one does not",
          "[membership][suspicion]") {
  struct Row {
    std::size_t live;
    std::int64_t longest_ms;
    std::size_t confirmations;
  };
  const auto row = GENERATE(values<Row>({{0, 4000, 0},
                                         {1, 4000, 0},
                                         {2, 4000, 0},
                                         {3, 4000, 1},
                                         {4, 4000, 2},
                                         {10, 4000, 2},
                                         {100, 8000, 2},
                                         {1000, 12000, 2}}));
  const SuspicionTimes times = suspicion_times({}, Mechanisms::chosen(), row.live);
  CHECK(times.longest == milliseconds{row.longest_ms});
  CHECK(times.floor == milliseconds{1400});
  CHECK(times.confirmations == row.confirmations);
  CHECK(times.after(row.confirmations) == times.floor);
  CHECK(times.after(row.confirmations + 1) == times.floor);
  if (row.confirmations > 0) CHECK(times.after(0) == times.longest);
}

TEST_CASE("membership: each confirmation shortens a suspicion by its share of ln(C+1)/ln(c+1)",
          "[membership][suspicion]") {
  const SuspicionTimes times{milliseconds{8000}, milliseconds{1400}, 2};
  CHECK(std::abs((times.after(1) - milliseconds{3836}).count()) < 10'000'000);
}

TEST_CASE("membership: plain SWIM's and Lifeguard's suspicions are theirs",
          "[membership][suspicion]") {
  const SuspicionTimes swim = suspicion_times({}, Mechanisms::swim(), 100);
  CHECK(swim.after(0) == milliseconds{8'000});
  CHECK(swim.after(5) == milliseconds{8'000});
  const SuspicionTimes lifeguard = suspicion_times({}, Mechanisms::lifeguard(), 100);
  CHECK(lifeguard.after(0) == milliseconds{48'000});
  CHECK(lifeguard.after(2) == milliseconds{8'000});
}

TEST_CASE("membership: a suspicion does not end soon after its last confirmation",
          "[membership][suspicion]") {
  const SuspicionTimes times{milliseconds{8000}, milliseconds{1400}, 2};
  Suspicion suspicion;
  suspicion.since = at(0);
  REQUIRE(suspicion.confirm(node(2)));
  REQUIRE_FALSE(suspicion.confirm(node(2)));
  REQUIRE(suspicion.confirm(node(3)));
  CHECK(suspicion.deadline(times) == at(1400));
  suspicion.confirmed_at = at(1000);
  CHECK(suspicion.deadline(times) == at(1980));
  suspicion.damping = 4;
  CHECK(suspicion.deadline(times) == at(5600));
  suspicion.limit = at(1500);
  CHECK(suspicion.deadline(times) == at(1500));
}

}  // namespace
}  // namespace gossamer::membership
