#include "membership/period_clock.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <chrono>
#include <vector>

#include "base/random.hpp"
#include "unit/membership/toy_engine.hpp"

namespace gossamer::membership {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::seconds;
using toy::at;

constexpr Duration kPeriod = seconds{1};

std::uint64_t us(std::int64_t count) {
  return static_cast<std::uint64_t>(count);
}

TEST_CASE("membership: the first clock that is heard is taken over whole", "[membership][clock]") {
  PeriodClock clock{kPeriod, Duration{0}};
  clock.hear(at(1'000), us(77'400'000), milliseconds{2});
  CHECK(clock.reading_us(at(1'000)) == us(77'401'000));
  CHECK(clock.period_at(at(1'000)) == 77);
  CHECK(clock.begin_of(78) == at(1'000) + microseconds{599'000});
}

TEST_CASE("membership: a clock moves half the way, and a tenth of a period at most in one",
          "[membership][clock]") {
  PeriodClock clock{kPeriod, seconds{100}};
  clock.hear(at(0), us(100'000'000), Duration{0});
  clock.hear(at(0), us(100'060'000), Duration{0});
  CHECK(clock.reading_us(at(0)) == us(100'030'000));
  clock.hear(at(0), us(100'700'000), Duration{0});
  CHECK(clock.reading_us(at(0)) == us(100'100'000));
  clock.hear(at(0), us(100'700'000), Duration{0});
  CHECK(clock.reading_us(at(0)) == us(100'100'000));
  clock.hear(at(1'000), us(100'400'000), Duration{0});
  CHECK(clock.reading_us(at(1'000)) == us(101'000'000));
}

TEST_CASE("membership: a clock follows whole periods at once, and only forwards",
          "[membership][clock]") {
  PeriodClock clock{kPeriod, seconds{100}};
  clock.hear(at(0), us(100'000'000), Duration{0});
  clock.hear(at(0), us(150'040'000), Duration{0});
  CHECK(clock.reading_us(at(0)) == us(150'020'000));
  clock.hear(at(0), us(120'020'000), Duration{0});
  CHECK(clock.reading_us(at(0)) == us(150'020'000));
}

TEST_CASE("membership: nobody leads a clock further than a year from where it began",
          "[membership][clock]") {
  PeriodClock clock{kPeriod, seconds{100}};
  const std::int64_t half_a_year_us = std::int64_t{365} * 12 * 3'600 * 1'000'000;
  for (int i = 1; i <= 100; ++i) {
    clock.hear(at(0), clock.reading_us(at(0)) + us(half_a_year_us), Duration{0});
  }
  CHECK(clock.reading_us(at(0)) <= us(100'000'000 + 2 * half_a_year_us));
}

TEST_CASE("membership: what no clock can show is not believed", "[membership][clock]") {
  PeriodClock clock{kPeriod, seconds{100}};
  clock.hear(at(0), ~std::uint64_t{0}, Duration{0});
  CHECK(clock.reading_us(at(0)) == us(100'000'000));
}

TEST_CASE("membership: clocks a second apart count alike after a while", "[membership][clock]") {
  Random random{1};
  std::vector<PeriodClock> clocks;
  for (int i = 0; i < 30; ++i) {
    clocks.emplace_back(kPeriod, seconds{1'000} + milliseconds{random.between(-1'000, 1'000)});
  }
  // The first hearing joins them in any order; then each probes one other in each period.
  for (int period = 0; period < 40; ++period) {
    for (PeriodClock& clock : clocks) {
      const Instant now = at(1'000 * period);
      const PeriodClock& other = clocks[random.below(clocks.size())];
      clock.hear(now, other.reading_us(now), Duration{0});
    }
  }
  const Instant end = at(40'000);
  auto lowest = clocks[0].reading_us(end);
  auto highest = lowest;
  for (const PeriodClock& clock : clocks) {
    lowest = std::min(lowest, clock.reading_us(end));
    highest = std::max(highest, clock.reading_us(end));
  }
  CHECK(highest - lowest < 5'000);
}

TEST_CASE("membership: two halves whose clocks are 50 s apart count alike after ten periods",
          "[membership][clock]") {
  const int ahead = GENERATE(1, 15, 29);
  Random random{static_cast<std::uint64_t>(ahead)};
  std::vector<PeriodClock> clocks;
  for (int i = 0; i < 30; ++i) {
    clocks.emplace_back(kPeriod, seconds{i < ahead ? 1'050 : 1'000} + milliseconds{i});
    clocks.back().hear(at(0), clocks.back().reading_us(at(0)), Duration{0});
  }
  int period = 0;
  const auto spread = [&] {
    const auto [least, most] = std::minmax_element(
        clocks.begin(), clocks.end(), [&](const PeriodClock& a, const PeriodClock& b) {
          return a.reading_us(at(1'000 * period)) < b.reading_us(at(1'000 * period));
        });
    return most->reading_us(at(1'000 * period)) - least->reading_us(at(1'000 * period));
  };
  REQUIRE(spread() > us(49'000'000));
  for (; spread() > us(100'000) && period < 100; ++period) {
    const Instant now = at(1'000 * period);
    for (std::size_t i = 0; i < clocks.size(); ++i) {
      // As the ring has it: each is probed once.
      const std::size_t stride = 1 + random.below(clocks.size() - 1);
      const PeriodClock& other = clocks[(i + stride) % clocks.size()];
      const Instant next = clocks[i].begin_of(clocks[i].period_at(now) + 1);
      clocks[i].hear(now, other.reading_us(now), Duration{0});
      // What is due next is not put off by more than a tenth of a period.
      CHECK(clocks[i].begin_of(clocks[i].period_at(now) + 1) <= next + kPeriod / 10);
    }
  }
  CHECK(period <= 10);
}

TEST_CASE("membership: periods before the origin count down", "[membership][clock]") {
  const PeriodClock clock{kPeriod, milliseconds{-1'500}};
  CHECK(clock.period_at(at(0)) == -2);
  CHECK(clock.period_at(at(500)) == -1);
  CHECK(clock.period_at(at(1'500)) == 0);
  CHECK(clock.reading_us(at(0)) == 1);
}

}  // namespace
}  // namespace gossamer::membership
