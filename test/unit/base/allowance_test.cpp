#include "base/allowance.hpp"

#include <catch2/catch.hpp>

using namespace gossamer;
using std::chrono::milliseconds;

TEST_CASE("allowance: so many in each window, and none more") {
  Allowance allowance{2, milliseconds{100}};
  const Instant begin{std::chrono::seconds{5}};
  CHECK(allowance.take(begin));
  CHECK(allowance.take(begin + milliseconds{50}));
  CHECK_FALSE(allowance.take(begin + milliseconds{99}));
  CHECK(allowance.take(begin + milliseconds{100}));  // A window of its own begins.
  CHECK(allowance.take(begin + milliseconds{199}));
  CHECK_FALSE(allowance.take(begin + milliseconds{199}));
}
