#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "base/instant.hpp"
#include "naming/registry.hpp"

namespace gossamer::naming {

/// When records that only wait to be forgotten are to be looked at.
class PassingClock {
 public:
  void set(const RecordId& id, Instant at);
  void clear(const RecordId& id);
  std::vector<RecordId> due(Instant now) const;
  std::optional<Instant> next_deadline() const;

 private:
  std::map<RecordId, Instant> at_;
  std::set<std::pair<Instant, RecordId>> order_;
};

/// What was forgotten lately. Nodes forget at slightly different times; without this memory those
/// that are late would hand the record back to those that were early, for ever.
class Graves {
 public:
  Graves(Duration keep, std::size_t graves_max) : keep_(keep), graves_max_(graves_max) {}

  void add(Instant now, const RecordId& id, std::uint64_t version, bool is_withdrawn);
  /// True if `version` is of the past: it was withdrawn, or forgotten with its node, which is still
  /// not in view.
  bool refuses(Instant now, const RecordId& id, std::uint64_t version, bool is_author_known) const;
  void drop_old(Instant now);
  std::size_t size() const { return graves_.size(); }

 private:
  struct Grave {
    std::uint64_t version = 0;
    bool is_withdrawn = false;
    Instant until{};
  };
  void erase_first();

  Duration keep_;
  std::size_t graves_max_;
  std::map<RecordId, Grave> graves_;
  std::set<std::pair<Instant, RecordId>> order_;
};

}  // namespace gossamer::naming
