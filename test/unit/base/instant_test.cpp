#include "base/instant.hpp"

#include <catch2/catch.hpp>

namespace gossamer {
namespace {

TEST_CASE("instant: it moves by durations, and the difference of two is a duration") {
  using namespace std::chrono_literals;
  const Instant start{5s};
  CHECK(start + 250ms == Instant{5250ms});
  CHECK(start - 1s == Instant{4s});
  CHECK((start + 3s) - start == 3s);
  CHECK(start < start + 1ns);
  CHECK(Instant{} == Instant{0s});
}

}  // namespace
}  // namespace gossamer
