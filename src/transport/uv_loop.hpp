#pragma once

#include <uv.h>

#include <cstddef>
#include <vector>

#include "gossamer/unique_function.hpp"

namespace gossamer {

/// A loop that we borrow, and the count of the handles that we have on it.
///
/// libuv frees handles asynchronously: their memory must live until it has called back, so whoever
/// ends a part of gossamer closes it and waits for `when_closed`.
///
/// **Threads**: the loop thread only.
/// **Lifetime**: outlives every handle opened on it; the loop outlives it.
class UvLoop {
 public:
  explicit UvLoop(uv_loop_t* loop) noexcept : loop_(loop) {}
  ~UvLoop();
  UvLoop(const UvLoop&) = delete;
  UvLoop& operator=(const UvLoop&) = delete;

  uv_loop_t* get() const noexcept { return loop_; }
  std::size_t open_handles() const noexcept { return open_handles_; }

  /// Runs `done` once no handle of ours is left on the loop: in the last close callback, or before
  /// returning if there is none now. `done` may destroy *this.
  void when_closed(UniqueFunction<void()> done);

  /// For UvHandle alone.
  void handle_opened() noexcept { ++open_handles_; }
  void handle_closed();

 private:
  uv_loop_t* loop_;
  std::size_t open_handles_ = 0;
  std::vector<UniqueFunction<void()>> when_closed_;
};

}  // namespace gossamer
