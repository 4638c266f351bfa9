#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <unordered_map>

#include "base/interner.hpp"

namespace gossamer::sim {

/// The interner of a simulation: holds what its nodes hold, and as long as any of them does.
/// `Equal` says what must be the same, `mark` a hash of that.
template <class T>
class OneOfEach final : public Interner<T> {
 public:
  using Mark = std::uint64_t (*)(const T&);
  using Equal = bool (*)(const T&, const T&);
  OneOfEach(Mark mark, Equal equal) : mark_(mark), equal_(equal) {}

  std::shared_ptr<const T> one_of(const T& value) override {
    const std::uint64_t mark = mark_(value);
    const auto [first, last] = held_.equal_range(mark);
    for (auto at = first; at != last; ++at) {
      std::shared_ptr<const T> held = at->second.lock();
      if (held != nullptr && equal_(*held, value)) return held;
    }
    if (held_.size() >= swept_at_) sweep();
    auto made = std::make_shared<const T>(value);
    held_.emplace(mark, made);
    return made;
  }
  /// Those that nobody holds any more may be among them: at most as many as are held, and a few.
  std::size_t size() const { return held_.size(); }

 private:
  static constexpr std::size_t kSweptAtMin = 64;
  void sweep() {
    std::erase_if(held_, [](const auto& entry) { return entry.second.expired(); });
    swept_at_ = std::max(kSweptAtMin, 2 * held_.size());
  }

  Mark mark_;
  Equal equal_;
  std::unordered_multimap<std::uint64_t, std::weak_ptr<const T>> held_{};
  std::size_t swept_at_ = kSweptAtMin;
};

}  // namespace gossamer::sim
