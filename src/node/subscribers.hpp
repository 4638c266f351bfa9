#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <utility>

namespace gossamer::node {

/// Callbacks that come and go, also while they are being called.
template <class... Args>
class Subscribers {
 public:
  using Callback = std::function<void(Args...)>;

  std::uint64_t add(Callback callback) {
    callbacks_.emplace(next_, std::make_shared<Callback>(std::move(callback)));
    return next_++;
  }
  void remove(std::uint64_t id) { callbacks_.erase(id); }
  bool is_empty() const { return callbacks_.empty(); }
  /// Those added from now on have this number or a higher one.
  std::uint64_t next() const { return next_; }

  /// Calls those with a number below `before` that are there when their turn comes.
  void call(std::uint64_t before, const Args&... args) {
    for (auto at = callbacks_.begin(); at != callbacks_.end() && at->first < before;) {
      const std::uint64_t id = at->first;
      const std::shared_ptr<Callback> callback = at->second;  // It may remove itself.
      (*callback)(args...);
      at = callbacks_.upper_bound(id);
    }
  }
  void call_one(std::uint64_t id, const Args&... args) {
    const auto at = callbacks_.find(id);
    if (at == callbacks_.end()) return;
    const std::shared_ptr<Callback> callback = at->second;
    (*callback)(args...);
  }
  void clear() { callbacks_.clear(); }

 private:
  std::map<std::uint64_t, std::shared_ptr<Callback>> callbacks_;
  std::uint64_t next_ = 1;
};

}  // namespace gossamer::node
