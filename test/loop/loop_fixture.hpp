#pragma once

#include <uv.h>

#include <catch2/catch.hpp>
#include <chrono>
#include <memory>
#include <utility>

#include "transport/uv_clock.hpp"
#include "transport/uv_loop.hpp"
#include "transport/uv_timer.hpp"

namespace gossamer::test {

/// A loop of its own for one test. Run until something is true, or until the test has failed by
/// waiting too long. At its end everything must have been closed.
class LoopFixture {
 public:
  LoopFixture() {
    REQUIRE(uv_loop_init(&uv_) == 0);
    loop_ = std::make_unique<UvLoop>(&uv_);
  }
  ~LoopFixture() { CHECK(close()); }
  LoopFixture(const LoopFixture&) = delete;
  LoopFixture& operator=(const LoopFixture&) = delete;

  UvLoop& loop() { return *loop_; }
  uv_loop_t* uv() { return &uv_; }
  UvClock& clock() { return clock_; }

  /// Whether `is_done` came true before the deadline.
  template <class IsDone>
  bool run_until(IsDone is_done, Duration limit = std::chrono::seconds{10}) {
    const Instant deadline = clock_.now() + limit;
    std::unique_ptr<UvTimer> tick;
    // So that the loop turns and `is_done` is asked again even if nothing happens.
    tick = std::make_unique<UvTimer>(*loop_, [&] { tick->arm(std::chrono::milliseconds{2}); });
    tick->arm(std::chrono::milliseconds{2});
    while (!is_done() && clock_.now() < deadline) uv_run(&uv_, UV_RUN_ONCE);
    return is_done();
  }

  /// Whether the loop could be closed: whoever opened something has closed it, and libuv let go.
  bool close() {
    if (loop_ == nullptr) return true;
    bool is_closed = false;
    const Instant deadline = clock_.now() + std::chrono::seconds{10};
    loop_->when_closed([&] { is_closed = true; });
    while (!is_closed && clock_.now() < deadline) uv_run(&uv_, UV_RUN_NOWAIT);
    if (!is_closed) return false;
    loop_.reset();
    return uv_loop_close(&uv_) == 0;
  }

 private:
  uv_loop_t uv_{};
  std::unique_ptr<UvLoop> loop_;
  UvClock clock_;
};

}  // namespace gossamer::test
