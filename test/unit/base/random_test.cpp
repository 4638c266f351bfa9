#include "base/random.hpp"

#include <rapidcheck.h>

#include <algorithm>
#include <array>
#include <catch2/catch.hpp>
#include <cstdint>
#include <limits>
#include <numeric>
#include <vector>

namespace gossamer {
namespace {

TEST_CASE("random: a seed gives the same numbers everywhere and in every release") {
  // From an independent implementation of xoshiro256** seeded by splitmix64.
  Random zero{0};
  for (const std::uint64_t expected :
       {0x99ec5f36cb75f2b4U, 0xbf6e1f784956452aU, 0x1a5f849d4933e6e0U, 0x6aa594f1262d2d2cU}) {
    CHECK(zero.next() == expected);
  }
  Random other{42};
  for (const std::uint64_t expected :
       {0x15780b2e0c2ec716U, 0x6104d9866d113a7eU, 0xae17533239e499a1U, 0xecb8ad4703b360a1U}) {
    CHECK(other.next() == expected);
  }
}

TEST_CASE("random: below stays below its bound, the extreme bounds included") {
  const bool holds = rc::check([](std::uint64_t seed, std::uint64_t any) {
    Random random{seed};
    const std::uint64_t bound = any == 0 ? 1 : any;
    for (int i = 0; i < 20; ++i) RC_ASSERT(random.below(bound) < bound);
  });
  CHECK(holds);
  Random random{1};
  CHECK(random.below(1) == 0);
  for (int i = 0; i < 20; ++i) {
    CHECK(random.below(std::numeric_limits<std::uint64_t>::max()) <
          std::numeric_limits<std::uint64_t>::max());
  }
}

TEST_CASE("random: below is uniform, by chi-square") {
  for (const std::uint64_t bound : {2U, 3U, 7U, 10U, 64U}) {
    Random random{bound};
    constexpr std::uint64_t kDraws = 64'000;
    std::vector<std::uint64_t> counts(bound);
    for (std::uint64_t i = 0; i < kDraws; ++i) ++counts[random.below(bound)];
    const double expected = static_cast<double>(kDraws) / static_cast<double>(bound);
    double chi_square = 0;
    for (const std::uint64_t count : counts) {
      const double off = static_cast<double>(count) - expected;
      chi_square += off * off / expected;
    }
    INFO("bound " << bound);
    // The 99.99 % point of chi-square with 63 degrees of freedom is 113.
    CHECK(chi_square < 113);
  }
}

TEST_CASE("random: below does not favour small numbers when the bound is no divisor") {
  // With a plain modulo the lower half would be drawn twice as often.
  Random random{3};
  const std::uint64_t bound = (std::uint64_t{1} << 63) + (std::uint64_t{1} << 62);
  int low = 0;
  for (int i = 0; i < 10'000; ++i) {
    if (random.below(bound) < bound / 3) ++low;
  }
  CHECK(low > 3'100);
  CHECK(low < 3'570);
}

TEST_CASE("random: between includes both ends, the widest interval too") {
  Random random{5};
  std::array<bool, 5> seen{};
  for (int i = 0; i < 200; ++i) {
    const std::int64_t drawn = random.between(-2, 2);
    REQUIRE(drawn >= -2);
    REQUIRE(drawn <= 2);
    seen[static_cast<std::size_t>(drawn + 2)] = true;
  }
  CHECK(std::all_of(seen.begin(), seen.end(), [](bool was) { return was; }));
  CHECK(random.between(7, 7) == 7);

  constexpr std::int64_t kLow = std::numeric_limits<std::int64_t>::min();
  constexpr std::int64_t kHigh = std::numeric_limits<std::int64_t>::max();
  int negative = 0;
  for (int i = 0; i < 1'000; ++i) {
    if (random.between(kLow, kHigh) < 0) ++negative;
    CHECK(random.between(kLow, kLow + 1) <= kLow + 1);
  }
  CHECK(negative > 400);
  CHECK(negative < 600);
}

TEST_CASE("random: chance comes true as often as it says") {
  Random random{9};
  int hits = 0;
  for (int i = 0; i < 10'000; ++i) hits += random.chance(3, 10) ? 1 : 0;
  CHECK(hits > 2'800);
  CHECK(hits < 3'200);
  CHECK_FALSE(random.chance(0, 10));
  CHECK(random.chance(10, 10));
}

TEST_CASE("random: a shuffle keeps the items, and every item gets everywhere") {
  Random random{11};
  std::array<std::array<int, 4>, 4> at{};
  for (int round = 0; round < 4'000; ++round) {
    std::vector<std::size_t> items{0, 1, 2, 3};
    random.shuffle(items);
    for (std::size_t place = 0; place < items.size(); ++place) ++at[items[place]][place];
    std::sort(items.begin(), items.end());
    REQUIRE(items == std::vector<std::size_t>{0, 1, 2, 3});
  }
  for (const auto& places : at) {
    for (const int count : places) {
      CHECK(count > 850);
      CHECK(count < 1'150);
    }
  }
  std::vector<int> none;
  random.shuffle(none);
  CHECK(none.empty());
}

TEST_CASE("random: a fork has a story of its own") {
  Random parent{1};
  Random child = parent.fork();
  Random parent_again{1};
  Random child_again = parent_again.fork();
  for (int i = 0; i < 10; ++i) {
    const std::uint64_t drawn = child.next();
    CHECK(drawn == child_again.next());
    CHECK(drawn != parent.next());
  }
}

}  // namespace
}  // namespace gossamer
