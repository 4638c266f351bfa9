#include "membership/suspicion.hpp"

#include <catch2/catch.hpp>
#include <chrono>
#include <cmath>

namespace gossamer::membership {
namespace {

using std::chrono::milliseconds;

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

TEST_CASE("membership: a suspicion lasts floor x max(1, log10(n))", "[membership][suspicion]") {
  struct Row {
    std::size_t live;
    std::int64_t ms;
  };
  const auto row = GENERATE(
      values<Row>({{0, 1400}, {1, 1400}, {2, 1400}, {10, 1400}, {100, 2800}, {1000, 4200}}));
  CHECK(suspicion_duration(milliseconds{1400}, row.live) == milliseconds{row.ms});
}

}  // namespace
}  // namespace gossamer::membership
