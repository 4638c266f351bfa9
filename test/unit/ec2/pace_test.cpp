#include <catch2/catch.hpp>
#include <chrono>

#include "discovery/ec2_pace.hpp"

namespace gossamer {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

TEST_CASE("ec2 pace: at first it is asked within a second, then every minute", "[ec2]") {
  Ec2Pace pace{seconds{60}};
  CHECK(pace.pace().first_within == seconds{1});
  CHECK(pace.pace().interval == seconds{60});
  CHECK(pace.pace().interval_unfound == seconds{5});
  pace.on_found(50, 1);
  CHECK(pace.pace().interval == seconds{60});
}

TEST_CASE("ec2 pace: a large fleet shares one call a second, pages counted", "[ec2]") {
  Ec2Pace pace{seconds{60}};
  pace.on_found(1000, 1);
  CHECK(pace.pace().interval == seconds{1000});
  pace.on_found(2500, 4);
  CHECK(pace.pace().interval == seconds{10'000});
  pace.on_found(10, 1);
  CHECK(pace.pace().interval == seconds{60});
  pace.on_found(100'000'000, 100);
  CHECK(pace.pace().interval == hours{24});
}

TEST_CASE("ec2 pace: failures and empty answers are asked again soon, then less and less",
          "[ec2]") {
  Ec2Pace pace{seconds{60}};
  const bool is_failure = GENERATE(true, false);
  const auto miss = [&] {
    if (is_failure) {
      pace.on_failed();
    } else {
      pace.on_nothing_found();
    }
    return pace.pace();
  };
  CHECK(miss().interval_unfound == seconds{5});
  // Seeds of an earlier answer do not make a failure less urgent.
  CHECK(pace.pace().interval == (is_failure ? seconds{5} : seconds{60}));
  CHECK(miss().interval_unfound == seconds{10});
  CHECK(miss().interval_unfound == seconds{20});
  CHECK(miss().interval_unfound == seconds{40});
  for (int i = 0; i < 100; ++i) CHECK(miss().interval_unfound == seconds{60});
  pace.on_found(1, 1);
  CHECK(pace.pace().interval_unfound == seconds{5});
  CHECK(pace.pace().interval == seconds{60});
}

TEST_CASE("ec2 pace: throttling doubles up to ten minutes, and is forgiven step by step", "[ec2]") {
  Ec2Pace pace{seconds{60}};
  pace.on_found(50, 1);
  pace.on_throttled();
  CHECK(pace.pace().interval == minutes{2});
  CHECK(pace.pace().interval_unfound == seconds{10});
  pace.on_throttled();
  CHECK(pace.pace().interval == minutes{4});
  for (int i = 0; i < 3; ++i) pace.on_throttled();
  CHECK(pace.pace().interval == minutes{10});
  CHECK(pace.pace().interval_unfound == seconds{160});
  pace.on_found(50, 1);
  CHECK(pace.pace().interval == minutes{10});
  for (int i = 0; i < 3; ++i) pace.on_found(50, 1);
  CHECK(pace.pace().interval == minutes{2});
  pace.on_found(50, 1);
  CHECK(pace.pace().interval == minutes{1});
}

TEST_CASE("ec2 pace: throttling never makes it faster than the fleet allows", "[ec2]") {
  Ec2Pace pace{seconds{60}};
  pace.on_found(5000, 5);
  for (int i = 0; i < 100; ++i) pace.on_throttled();
  CHECK(pace.pace().interval == seconds{25'000});
}

}  // namespace
}  // namespace gossamer
