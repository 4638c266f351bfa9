#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>

#include "settings.hpp"

namespace gossamer::bench {

using Names = std::set<std::string>;

/// Who held whom to be down, and when first. Members and observers go by their names, which nobody
/// else ever has.
///
/// **Threads**: any.
class Deaths {
 public:
  void told(const std::string& observer, const std::string& member, SteadyTime when);

  /// How many hold it to be down.
  std::size_t observers(const std::string& member) const;
  struct Span {
    SteadyTime first, last;
  };
  /// When the first and the last observer knew.
  std::optional<Span> span(const std::string& member) const;
  std::uint64_t events_of(const std::string& member) const;
  /// Events about members that are not among these.
  std::uint64_t events_except(const Names& dead) const;
  std::uint64_t events() const { return events_except({}); }

  /// From now on `member` may rightly be told to be down: once by each observer, until that has
  /// seen it again or it lives for all.
  void dies(const std::string& member);
  void is_seen_again(const std::string& observer, const std::string& member);
  void lives(const std::string& member);
  /// Events that were not right when they were told.
  std::uint64_t false_events() const;

  /// Pairs of an observer that is not among these and a member that is not either.
  std::uint64_t pairs_except(const Names& names) const;

 private:
  mutable std::mutex mutex_;
  std::map<std::string, std::map<std::string, SteadyTime>> first_;  // By member, then observer.
  std::map<std::string, std::uint64_t> events_;
  std::map<std::string, Names> dying_;  ///< And the observers that may not, or no longer, tell so.
  std::uint64_t false_events_ = 0;
};

}  // namespace gossamer::bench
