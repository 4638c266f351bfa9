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
  /// Pairs of an observer that is not among these and a member that is not either.
  std::uint64_t pairs_except(const Names& names) const;

 private:
  mutable std::mutex mutex_;
  std::map<std::string, std::map<std::string, SteadyTime>> first_;  // By member, then observer.
  std::map<std::string, std::uint64_t> events_;
};

}  // namespace gossamer::bench
