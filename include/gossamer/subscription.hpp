#pragma once

#include <utility>

#include "gossamer/unique_function.hpp"

namespace gossamer {

/// Keeps a callback registered, or a name published. Destroying it ends that; after the destructor
/// returns the callback does not run again. May outlive the node.
///
/// **Threads**: confined to the node's loop.
class [[nodiscard]] Subscription {
 public:
  Subscription() = default;
  explicit Subscription(UniqueFunction<void()> cancel) : cancel_(std::move(cancel)) {}
  Subscription(Subscription&& other) noexcept : cancel_(std::exchange(other.cancel_, nullptr)) {}
  Subscription& operator=(Subscription&& other) noexcept {
    std::swap(cancel_, other.cancel_);
    return *this;
  }
  Subscription(const Subscription&) = delete;
  Subscription& operator=(const Subscription&) = delete;
  ~Subscription() {
    if (cancel_) cancel_();
  }

 private:
  UniqueFunction<void()> cancel_;
};

}  // namespace gossamer
