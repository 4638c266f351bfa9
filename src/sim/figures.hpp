#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "base/instant.hpp"
#include "gossamer/ids.hpp"

namespace gossamer::sim {

/// Durations of one kind, for percentiles.
class Durations {
 public:
  void add(Duration duration) { values_.push_back(duration); }
  void add_all(const Durations& others) {
    values_.insert(values_.end(), others.values_.begin(), others.values_.end());
  }
  std::size_t count() const { return values_.size(); }
  /// Of none: 0. `percent` 100 is the longest.
  double percentile_ms(unsigned percent) const;

 private:
  std::vector<Duration> values_;
};

/// What a run measured. Adds up over seeds.
struct Figures {
  Durations first_detection{};  ///< A crash, to the first node that held it down.
  Durations all_detection{};    ///< A crash, to each node that held it down.
  Durations takeover{};         ///< An owner's crash, to the next service's start.
  Durations agreement{};        ///< The end of the faults, to agreement.
  std::uint64_t false_downs = 0;
  std::uint64_t takeovers = 0;
  std::uint64_t acknowledged_writes = 0;
  std::uint64_t lost_writes = 0;
  std::uint64_t fenced = 0;
  std::uint64_t freezes = 0;
  std::uint64_t journal_entries = 0;
  std::uint64_t object_requests = 0;
  std::uint64_t datagrams = 0;
  std::uint64_t datagram_bytes = 0;
  std::uint64_t frames = 0;
  std::uint64_t events = 0;
  std::uint64_t crashes = 0;
  std::map<std::string, std::uint64_t> marks{};  ///< Rare paths that were taken.

  void add(const Figures& other);
};

}  // namespace gossamer::sim
