#include "deaths.hpp"

#include <algorithm>

namespace gossamer::bench {

void Deaths::told(const std::string& observer, const std::string& member, SteadyTime when) {
  const std::lock_guard lock{mutex_};
  ++events_[member];
  const auto dying = dying_.find(member);
  const bool is_right = dying != dying_.end() && dying->second.insert(observer).second;
  if (!is_right) ++false_events_;
  first_[member].emplace(observer, when);
}

std::size_t Deaths::observers(const std::string& member) const {
  const std::lock_guard lock{mutex_};
  const auto at = first_.find(member);
  return at == first_.end() ? 0 : at->second.size();
}

std::optional<Deaths::Span> Deaths::span(const std::string& member) const {
  const std::lock_guard lock{mutex_};
  const auto at = first_.find(member);
  if (at == first_.end()) return std::nullopt;
  Span span{SteadyTime::max(), SteadyTime::min()};
  for (const auto& [observer, when] : at->second) {
    span.first = std::min(span.first, when);
    span.last = std::max(span.last, when);
  }
  return span;
}

std::uint64_t Deaths::events_of(const std::string& member) const {
  const std::lock_guard lock{mutex_};
  const auto at = events_.find(member);
  return at == events_.end() ? 0 : at->second;
}

std::uint64_t Deaths::events_except(const Names& dead) const {
  const std::lock_guard lock{mutex_};
  std::uint64_t sum = 0;
  for (const auto& [member, count] : events_) {
    if (dead.count(member) == 0) sum += count;
  }
  return sum;
}

void Deaths::dies(const std::string& member) {
  const std::lock_guard lock{mutex_};
  dying_[member].clear();
}

void Deaths::is_seen_again(const std::string& observer, const std::string& member) {
  const std::lock_guard lock{mutex_};
  if (const auto at = dying_.find(member); at != dying_.end()) at->second.insert(observer);
}

void Deaths::lives(const std::string& member) {
  const std::lock_guard lock{mutex_};
  dying_.erase(member);
}

std::uint64_t Deaths::false_events() const {
  const std::lock_guard lock{mutex_};
  return false_events_;
}

std::uint64_t Deaths::pairs_except(const Names& names) const {
  const std::lock_guard lock{mutex_};
  std::uint64_t pairs = 0;
  for (const auto& [member, observers] : first_) {
    if (names.count(member) > 0) continue;
    for (const auto& [observer, when] : observers) pairs += names.count(observer) == 0;
  }
  return pairs;
}

}  // namespace gossamer::bench
