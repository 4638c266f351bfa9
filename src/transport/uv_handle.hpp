#pragma once

#include <uv.h>

#include <memory>
#include <utility>

#include "base/assert.hpp"
#include "transport/uv_loop.hpp"

namespace gossamer {

/// One libuv handle and the state that its callbacks need, together on the heap until libuv has let
/// go. So the owner may close or destroy it at any time, even inside one of its callbacks.
template <class Handle, class State>
class UvHandle {
 public:
  UvHandle() = default;
  UvHandle(UvHandle&& other) noexcept : box_(std::exchange(other.box_, nullptr)) {}
  UvHandle& operator=(UvHandle&& other) noexcept {
    if (this != &other) {
      close();
      box_ = std::exchange(other.box_, nullptr);
    }
    return *this;
  }
  ~UvHandle() { close(); }

  /// `init(uv_loop_t*, Handle*)` is libuv's. Returns its status; if negative, nothing is open.
  template <class Init>
  int open(UvLoop& loop, State state, Init init) {
    GOSSAMER_ASSERT(box_ == nullptr);
    auto box = std::make_unique<Box>(loop, std::move(state));
    const int status = init(loop.get(), &box->handle);
    if (status < 0) return status;
    box->handle.data = box.get();
    loop.handle_opened();
    box_ = box.release();
    return status;
  }

  bool is_open() const noexcept { return box_ != nullptr; }
  /// Requires is_open().
  Handle* get() const noexcept { return &box_->handle; }
  State& state() const noexcept { return box_->state; }

  /// Idempotent. No callback follows. The state is destroyed on a later turn of the loop.
  void close() noexcept {
    Box* box = std::exchange(box_, nullptr);
    if (box == nullptr) return;
    uv_close(reinterpret_cast<uv_handle_t*>(&box->handle), [](uv_handle_t* handle) {
      // The state may hold the last reference to the loop's owner, so it goes when all is counted.
      const std::unique_ptr<Box> closed{static_cast<Box*>(handle->data)};
      closed->loop.handle_closed();
    });
  }

  /// What belongs to the handle that libuv calls back with.
  static State& state_of(const Handle* handle) noexcept {
    return static_cast<Box*>(handle->data)->state;
  }

 private:
  struct Box {
    Box(UvLoop& of, State with) : loop(of), state(std::move(with)) {}
    Handle handle{};
    UvLoop& loop;
    State state;
  };
  Box* box_ = nullptr;
};

}  // namespace gossamer
