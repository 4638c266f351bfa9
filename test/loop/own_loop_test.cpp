#include "node/own_loop.hpp"

#include <catch2/catch.hpp>
#include <chrono>

#include "transport/uv_timer.hpp"

namespace gossamer::node {
namespace {

using std::chrono::seconds;

TEST_CASE("own loop: an answer that a timer brings is seen before the loop sleeps") {
  const auto own = OwnLoop::open({});
  REQUIRE(own);
  bool is_answered = false;
  bool has_slept = false;
  UvTimer answer{(*own)->loop(), [&] { is_answered = true; }};
  UvTimer later{(*own)->loop(), [&] { has_slept = true; }};
  answer.arm(Duration{0});
  later.arm(seconds{15});
  CHECK((*own)->run_until([&] { return is_answered; }, seconds{30}));
  CHECK_FALSE(has_slept);
  later.close();
}

TEST_CASE("own loop: what is not over in time is said not to be") {
  const auto own = OwnLoop::open({});
  REQUIRE(own);
  CHECK_FALSE((*own)->run_until([] { return false; }, std::chrono::milliseconds{5}));
  CHECK((*own)->run_until([] { return true; }, seconds{30}));
}

}  // namespace
}  // namespace gossamer::node
