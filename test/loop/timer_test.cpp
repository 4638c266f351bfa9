#include <catch2/catch.hpp>
#include <chrono>
#include <cstdint>
#include <memory>
#include <set>
#include <vector>

#include "loop/loop_fixture.hpp"
#include "transport/uv_timer.hpp"

namespace gossamer {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;

TEST_CASE("timer: those with slack meet, within it and never before they are due", "[timer]") {
  const Duration slack = GENERATE(Duration{milliseconds{2}}, Duration{milliseconds{31}},
                                  Duration{milliseconds{32}}, Duration{microseconds{63'999}});
  std::set<std::uint64_t> meetings;
  for (std::uint64_t due_ms = 1'000'000; due_ms < 1'001'024; ++due_ms) {
    const std::uint64_t met_ms = meeting_point(due_ms, slack);
    CHECK(met_ms >= due_ms);
    CHECK(milliseconds{met_ms - due_ms} < slack);
    meetings.insert(met_ms);
  }
  CHECK(meetings.size() <= 1 + 2 * 1024 / static_cast<std::size_t>(slack / milliseconds{1} + 1));
}

TEST_CASE("timer: without slack it meets nobody", "[timer]") {
  CHECK(meeting_point(1'000'001, Duration{0}) == 1'000'001);
  CHECK(meeting_point(1'000'001, microseconds{1999}) == 1'000'001);
  CHECK(meeting_point(1'000'001, milliseconds{-5}) == 1'000'001);
}

TEST_CASE("timer: those with slack fire in the same turn of the loop, and not early", "[timer]") {
  test::LoopFixture fixture;
  const Duration slack = milliseconds{64};
  // Over less than the slack: two meeting points at most.
  std::vector<std::unique_ptr<UvTimer>> timers;
  std::set<std::uint64_t> turns;
  std::size_t fired = 0;
  for (int i = 0; i < 20; ++i) {
    const Duration in = milliseconds{100 + i};
    timers.push_back(
        std::make_unique<UvTimer>(fixture.loop(), [&, due = fixture.clock().now() + in] {
          ++fired;
          CHECK(fixture.clock().now() >= due);
          turns.insert(uv_now(fixture.uv()));
        }));
    timers.back()->arm(in, slack);
  }
  REQUIRE(fixture.run_until([&] { return fired == timers.size(); }));
  CHECK(turns.size() <= 2);
}

TEST_CASE("timer: it never fires early, whatever fraction of a millisecond is asked for",
          "[timer]") {
  test::LoopFixture fixture;
  const Duration in =
      GENERATE(Duration{1}, Duration{microseconds{300}}, Duration{microseconds{999}},
               Duration{milliseconds{1}}, Duration{microseconds{2500}});
  for (int i = 0; i < 20; ++i) {
    bool has_fired = false;
    UvTimer timer{fixture.loop(), [&] { has_fired = true; }};
    // A turn that took long: the loop's own time is behind by now.
    const Instant busy_until = fixture.clock().now() + microseconds{1700};
    while (fixture.clock().now() < busy_until) continue;
    const Instant due = fixture.clock().now() + in;
    timer.arm(in);
    while (!has_fired) uv_run(fixture.uv(), UV_RUN_ONCE);
    CHECK(fixture.clock().now() >= due);
  }
}

TEST_CASE("timer: armed for what is left until a deadline, it wakes once or twice, not in a spin",
          "[timer]") {
  test::LoopFixture fixture;
  const Instant deadline = fixture.clock().now() + microseconds{20'300};
  int wakes = 0;
  bool is_reached = false;
  std::unique_ptr<UvTimer> timer;
  timer = std::make_unique<UvTimer>(fixture.loop(), [&] {
    ++wakes;
    is_reached = fixture.clock().now() >= deadline;
    if (!is_reached) timer->arm(deadline - fixture.clock().now());
  });
  timer->arm(deadline - fixture.clock().now());
  REQUIRE(fixture.run_until([&] { return is_reached; }));
  CHECK(wakes <= 2);
}

TEST_CASE("timer: arming again replaces, disarming prevents, and what is past is due at once",
          "[timer]") {
  test::LoopFixture fixture;
  int fired = 0;
  UvTimer timer{fixture.loop(), [&] { ++fired; }};
  CHECK_FALSE(timer.is_armed());
  timer.arm(std::chrono::hours{1});
  timer.arm(milliseconds{1});
  CHECK(timer.is_armed());
  REQUIRE(fixture.run_until([&] { return fired == 1; }));
  CHECK_FALSE(timer.is_armed());

  timer.arm(milliseconds{1});
  timer.disarm();
  timer.disarm();
  UvTimer later{fixture.loop(), [&] { fired += 10; }};
  later.arm(milliseconds{5});
  REQUIRE(fixture.run_until([&] { return fired >= 10; }));
  CHECK(fired == 11);

  timer.arm(Duration{-5});
  REQUIRE(fixture.run_until([&] { return fired == 12; }));
  timer.arm(Duration::max());
  CHECK(timer.is_armed());
  timer.close();
  timer.arm(Duration{0});
  CHECK_FALSE(timer.is_armed());
}

TEST_CASE("timer: its callback may arm, close or destroy it", "[timer]") {
  test::LoopFixture fixture;
  int fired = 0;
  std::unique_ptr<UvTimer> timer;
  timer = std::make_unique<UvTimer>(fixture.loop(), [&] {
    if (++fired < 3) {
      timer->arm(Duration{0});
    } else {
      timer.reset();
    }
  });
  timer->arm(Duration{0});
  REQUIRE(fixture.run_until([&] { return timer == nullptr; }));
  CHECK(fired == 3);
}

TEST_CASE("loop: when_closed runs once the last of our handles is gone, others' aside", "[loop]") {
  test::LoopFixture fixture;
  uv_timer_t theirs;
  REQUIRE(uv_timer_init(fixture.uv(), &theirs) == 0);
  int closed = 0;
  fixture.loop().when_closed([&] { ++closed; });
  CHECK(closed == 1);

  UvTimer first{fixture.loop(), [] {}};
  UvTimer second{fixture.loop(), [] {}};
  CHECK(fixture.loop().open_handles() == 2);
  fixture.loop().when_closed([&] { closed += 10; });
  fixture.loop().when_closed([&] { closed += 100; });
  first.close();
  for (int i = 0; i < 3; ++i) uv_run(fixture.uv(), UV_RUN_NOWAIT);
  CHECK(closed == 1);
  second.close();
  CHECK(closed == 1);
  uv_run(fixture.uv(), UV_RUN_NOWAIT);
  CHECK(closed == 111);
  uv_close(reinterpret_cast<uv_handle_t*>(&theirs), nullptr);
  uv_run(fixture.uv(), UV_RUN_NOWAIT);
}

}  // namespace
}  // namespace gossamer
