#include "membership/view_comparisons.hpp"

#include <catch2/catch.hpp>
#include <vector>

#include "unit/membership/toy_engine.hpp"

namespace gossamer::membership {
namespace {

using toy::at;
using toy::endpoint;
using toy::Engine;
using toy::milliseconds;
using toy::node;
using toy::statement;

constexpr milliseconds kGapMax{10'000};

// When it compares, told of another view each 100 ms from `from` to `until`.
std::vector<std::int64_t> times(ViewComparisons& comparisons, std::int64_t from, std::int64_t until,
                                std::uint64_t digest) {
  std::vector<std::int64_t> compared;
  for (std::int64_t ms = from; ms < until; ms += 100) {
    if (comparisons.on_disagreement(at(ms), digest)) compared.push_back(ms);
  }
  return compared;
}

TEST_CASE("membership: views are compared that differ for longer than news takes",
          "[membership][view]") {
  ViewComparisons comparisons{kGapMax};
  comparisons.start(at(0));
  CHECK(times(comparisons, 0, 2'200, 1) == std::vector<std::int64_t>{700, 1'400, 2'100});
  comparisons.on_agreement(at(2'500));
  CHECK(times(comparisons, 2'500, 4'000, 1) == std::vector<std::int64_t>{3'200, 3'900});
}

TEST_CASE("membership: views that never agree are compared ever more seldom",
          "[membership][view]") {
  ViewComparisons comparisons{kGapMax};
  comparisons.start(at(0));
  const auto compared = times(comparisons, 0, 50'000, 1);
  std::vector<std::int64_t> gaps;
  for (std::size_t i = 1; i < compared.size(); ++i) gaps.push_back(compared[i] - compared[i - 1]);
  CHECK(gaps == std::vector<std::int64_t>{700, 700, 700, 700, 700, 700, 700, 700, 1'400, 2'800,
                                          5'600, 10'000, 10'000, 10'000});
  const std::int64_t last = compared.back();
  SECTION("until ours changes") {
    CHECK(times(comparisons, last + 700, last + 2'000, 2) ==
          std::vector<std::int64_t>{last + 700, last + 1'400});
  }
  SECTION("until somebody has ours") {
    comparisons.on_agreement(at(last));
    CHECK(times(comparisons, last + 100, last + 1'000, 1) == std::vector<std::int64_t>{last + 700});
  }
}

TEST_CASE("membership: whoever tells of another view for long is compared with, if it is at home",
          "[membership][view]") {
  Engine toy;
  toy.know_up_to(3);
  const auto hear = [&](std::uint8_t from, std::uint8_t home, std::uint64_t view_digest) {
    toy.run_for(1'000);
    toy.outbox.clear();
    toy.engine.on_message(toy.now, node(from), endpoint(home), false,
                          Ping{1, node(1), {0, view_digest}}, toy.outbox);
    return toy.has_contacted(home);
  };
  CHECK(hear(2, 2, 77));
  CHECK_FALSE(hear(2, 3, 77));
  CHECK_FALSE(hear(9, 9, 77));
  CHECK_FALSE(hear(2, 2, 0));
  CHECK(hear(2, 2, 77));
  const std::uint64_t own = std::get<Ack>(toy.sent<Ack>()[0].message).greeting.view_digest;
  CHECK(own != 0);
  CHECK_FALSE(hear(2, 2, own));
}

}  // namespace
}  // namespace gossamer::membership
