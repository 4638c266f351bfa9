#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "base/instant.hpp"

namespace gossamer {

/// At most one deadline for each key.
template <class Key>
class Deadlines {
 public:
  /// Replaces the key's earlier one.
  void set(const Key& key, Instant at) {
    cancel(key);
    by_key_.emplace(key, at);
    by_time_.emplace(at, key);
  }
  void cancel(const Key& key) {
    const auto held = by_key_.find(key);
    if (held == by_key_.end()) return;
    by_time_.erase({held->second, key});
    by_key_.erase(held);
  }
  std::optional<Instant> at(const Key& key) const {
    const auto held = by_key_.find(key);
    return held == by_key_.end() ? std::nullopt : std::optional{held->second};
  }
  bool is_set(const Key& key) const { return by_key_.count(key) == 1; }
  std::size_t size() const { return by_key_.size(); }

  /// Those due, earliest first, and as many more as leave at most `kept_max`. They are no longer
  /// set.
  std::vector<Key> take_due(Instant now, std::size_t kept_max = SIZE_MAX) {
    std::vector<Key> due;
    while (!by_time_.empty() && (by_time_.begin()->first <= now || size() > kept_max)) {
      due.push_back(by_time_.begin()->second);
      cancel(due.back());
    }
    return due;
  }
  void shift(Duration by) {
    by_time_.clear();
    for (auto& [key, at] : by_key_) {
      at = at + by;
      by_time_.emplace(at, key);
    }
  }
  void clear() {
    by_key_.clear();
    by_time_.clear();
  }
  std::optional<Instant> next() const {
    if (by_time_.empty()) return std::nullopt;
    return by_time_.begin()->first;
  }
  /// Whose it is.
  std::optional<Key> first() const {
    if (by_time_.empty()) return std::nullopt;
    return by_time_.begin()->second;
  }

 private:
  std::map<Key, Instant> by_key_;
  std::set<std::pair<Instant, Key>> by_time_;
};

/// The earlier of the two into the first.
inline void earlier(std::optional<Instant>& deadline, std::optional<Instant> other) {
  if (other && (!deadline || *other < *deadline)) deadline = other;
}

}  // namespace gossamer
