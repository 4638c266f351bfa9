#include "membership/round_trips.hpp"

#include <catch2/catch.hpp>
#include <chrono>

namespace gossamer::membership {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;

RoundTrip measured(microseconds each, int times) {
  RoundTrip trip;
  for (int i = 0; i < times; ++i) trip.note(each);
  return trip;
}

TEST_CASE("membership: the first round trip is taken as it is, later ones by an eighth",
          "[membership][round_trips]") {
  RoundTrip trip;
  CHECK_FALSE(trip.is_known());
  trip.note(microseconds{800});
  CHECK(trip.smoothed_us == 800);
  CHECK(trip.variation_us == 400);
  trip.note(microseconds{1600});
  CHECK(trip.smoothed_us == 900);
  CHECK(trip.variation_us == 500);
}

TEST_CASE(
    "membership: an answer has smoothed + 4 x variation, or what the slowest took and more, within "
    "bounds",
    "[membership][round_trips]") {
  struct Row {
    RoundTrip member;
    SlowestAnswer slowest;
    milliseconds timeout;
  };
  const auto row = GENERATE(values<Row>({
      {{}, {}, milliseconds{500}},
      {{}, {microseconds{300}}, milliseconds{100}},
      {{}, {milliseconds{200}}, milliseconds{250}},
      {{}, {milliseconds{900}}, milliseconds{500}},
      {measured(microseconds{300}, 9), {}, milliseconds{100}},
      {measured(microseconds{300}, 9), {milliseconds{200}}, milliseconds{100}},
      {{100'000, 25'000}, {microseconds{300}}, milliseconds{200}},
      {{300'000, 100'000}, {microseconds{300}}, milliseconds{500}},
  }));
  CHECK(answer_timeout(row.member, row.slowest, milliseconds{100}) == row.timeout);
}

TEST_CASE("membership: the slowest answer is forgotten by a 64th with each that is measured",
          "[membership][round_trips]") {
  SlowestAnswer slowest;
  slowest.note(milliseconds{64});
  slowest.note(milliseconds{1});
  CHECK(slowest.taken == milliseconds{63});
  for (int i = 0; i < 1'000; ++i) slowest.note(milliseconds{1});
  CHECK(slowest.taken == milliseconds{1});
  slowest.note(milliseconds{300});
  CHECK(slowest.taken == milliseconds{300});
}

TEST_CASE("membership: a member's round trip is known once it was measured, smoothed",
          "[membership][round_trips]") {
  RoundTrip trip;
  CHECK_FALSE(trip.smoothed());
  trip.note(microseconds{800});
  CHECK(trip.smoothed() == microseconds{800});
  trip.note(microseconds{1600});
  CHECK(trip.smoothed() == microseconds{900});
}

TEST_CASE("membership: a floor above 500 ms is the timeout", "[membership][round_trips]") {
  CHECK(answer_timeout({}, {}, milliseconds{900}) == milliseconds{900});
  CHECK(answer_timeout({4'000'000'000U, 4'000'000'000U}, {}, milliseconds{900}) ==
        milliseconds{900});
}

TEST_CASE("membership: absurd measurements are bounded", "[membership][round_trips]") {
  RoundTrip trip;
  trip.note(std::chrono::hours{9'000});
  CHECK(trip.smoothed_us == 10'000'000);
  trip = {};
  trip.note(microseconds{-5});
  CHECK(trip.smoothed_us == 1);
  CHECK(trip.is_known());
}

}  // namespace
}  // namespace gossamer::membership
