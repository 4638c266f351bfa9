#include <catch2/catch.hpp>
#include <chrono>
#include <memory>

#include "loop/loop_fixture.hpp"
#include "transport/uv_timer.hpp"

namespace gossamer {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;

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
