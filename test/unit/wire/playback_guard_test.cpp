#include "wire/playback_guard.hpp"

#include <catch2/catch.hpp>

namespace gossamer::wire {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using Verdict = PlaybackGuard::Verdict;

constexpr std::uint64_t kWall = 1'500'000'000'000;

struct Guarded {
  PlaybackGuard guard{seconds{60}};
  Instant now{seconds{1'000}};
  std::uint64_t wall = kWall;

  Verdict judge(std::int64_t sent_ms_ago, std::uint64_t mark) {
    return guard.judge(now, wall, wall - static_cast<std::uint64_t>(sent_ms_ago), mark);
  }
  void pass(milliseconds time) {
    now = now + time;
    wall += static_cast<std::uint64_t>(time.count());
  }
};

TEST_CASE("playback: a frame is fresh once") {
  Guarded toy;
  for (std::uint64_t mark = 0; mark < 1'000; ++mark) {
    // 0 marks a free place, and counts as 1.
    CHECK(toy.judge(0, mark) == (mark == 1 ? Verdict::replayed : Verdict::fresh));
    CHECK(toy.judge(0, mark) == Verdict::replayed);
  }
  CHECK(toy.guard.remembered() == 999);
}

TEST_CASE("playback: what was sent longer ago than the window, or so far from now, is late") {
  Guarded toy;
  CHECK(toy.judge(60'000, 1) == Verdict::fresh);
  CHECK(toy.judge(60'001, 2) == Verdict::late);
  CHECK(toy.judge(-60'000, 3) == Verdict::fresh);
  CHECK(toy.judge(-60'001, 4) == Verdict::late);
  CHECK(toy.guard.judge(toy.now, kWall, 0, 5) == Verdict::late);
  CHECK(toy.guard.judge(toy.now, kWall, ~std::uint64_t{0}, 6) == Verdict::late);
  CHECK(toy.guard.judge(toy.now, 0, kWall, 7) == Verdict::late);
  CHECK(toy.guard.remembered() == 2);
}

TEST_CASE("playback: whenever a frame comes again, it is a replay until it is late") {
  const auto steps = GENERATE(milliseconds{1}, milliseconds{700}, milliseconds{59'000});
  const std::int64_t fast_ms = GENERATE(0, 59'000, -59'000);
  Guarded toy;
  // Of a clock that is fast by as much: it stays young for longer.
  const std::uint64_t sent = toy.wall + static_cast<std::uint64_t>(fast_ms);
  REQUIRE(toy.guard.judge(toy.now, toy.wall, sent, 42) == Verdict::fresh);
  std::uint64_t others = 1'000;
  int again = 0;
  for (; again < 200'000; ++again) {
    toy.pass(steps);
    toy.judge(0, ++others);
    const Verdict verdict = toy.guard.judge(toy.now, toy.wall, sent, 42);
    if (verdict == Verdict::late) break;
    REQUIRE(verdict == Verdict::replayed);
  }
  CHECK(again < 200'000);
}

TEST_CASE("playback: after the window and a silence nothing is remembered") {
  Guarded toy;
  for (std::uint64_t mark = 1; mark <= 5'000; ++mark) toy.judge(0, mark);
  toy.pass(seconds{241});
  toy.judge(0, 5'001);
  CHECK(toy.guard.remembered() == 1);
}

TEST_CASE("playback: what is remembered is bounded, and the newest is kept") {
  Guarded toy;
  constexpr std::uint64_t kMany = 5 * PlaybackGuard::kMarksMax;
  for (std::uint64_t mark = 1; mark <= kMany; ++mark) {
    REQUIRE(toy.judge(0, mark * 0x9e3779b97f4a7c15) == Verdict::fresh);
    REQUIRE(toy.guard.remembered() <= 2 * PlaybackGuard::kMarksMax);
  }
  CHECK(toy.judge(0, kMany * 0x9e3779b97f4a7c15) == Verdict::replayed);
  CHECK(toy.judge(0, (kMany - PlaybackGuard::kMarksMax) * 0x9e3779b97f4a7c15) == Verdict::replayed);
}

TEST_CASE("playback: with no window everything is fresh") {
  PlaybackGuard guard{milliseconds{0}};
  CHECK(guard.judge(Instant{}, kWall, 0, 1) == Verdict::fresh);
  CHECK(guard.judge(Instant{}, kWall, 0, 1) == Verdict::fresh);
  CHECK(guard.remembered() == 0);
}

}  // namespace
}  // namespace gossamer::wire
