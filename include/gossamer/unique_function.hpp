#pragma once

#include <cstddef>
#include <memory>
#include <type_traits>
#include <utility>

namespace gossamer {

template <class Signature>
class UniqueFunction;

/// A callable that is moved, never copied, so that it may own what it captures.
///
/// Stands in for C++23's std::move_only_function. Calling an empty one is undefined.
template <class R, class... Args>
class UniqueFunction<R(Args...)> {
 public:
  UniqueFunction() = default;
  UniqueFunction(std::nullptr_t) {}  // NOLINT: as in the standard's

  template <class F, class = std::enable_if_t<!std::is_same_v<std::decay_t<F>, UniqueFunction> &&
                                              std::is_invocable_r_v<R, std::decay_t<F>&, Args...>>>
  UniqueFunction(F&& callable)  // NOLINT: as in the standard's
      : target_(std::make_unique<Target<std::decay_t<F>>>(std::forward<F>(callable))) {}

  explicit operator bool() const noexcept { return target_ != nullptr; }

  R operator()(Args... args) { return target_->call(std::forward<Args>(args)...); }

 private:
  struct Base {
    virtual ~Base() = default;
    virtual R call(Args... args) = 0;
  };
  template <class F>
  struct Target final : Base {
    explicit Target(const F& callable) : function(callable) {}
    explicit Target(F&& callable) : function(std::move(callable)) {}
    R call(Args... args) override { return function(std::forward<Args>(args)...); }
    F function;
  };
  std::unique_ptr<Base> target_;
};

}  // namespace gossamer
