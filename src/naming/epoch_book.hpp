#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "base/instant.hpp"
#include "gossamer/ids.hpp"

namespace gossamer::naming {

/// Which epochs of owned units are real, which are over, and which questions about them are open.
class EpochBook {
 public:
  explicit EpochBook(std::size_t units_max) : units_max_(units_max) {}

  /// The highest epoch known to be claimed; 0: none.
  Epoch confirmed(const UnitId& unit) const;
  /// Nothing below it may be answered: the highest epoch confirmed, or answered from the cache.
  Epoch floor(const UnitId& unit) const;
  /// True if it is news. False too for one unit more than units_max: its records then never count,
  /// which is the safe side.
  bool confirm(const UnitId& unit, Epoch epoch);
  void raise_floor(const UnitId& unit, Epoch epoch);

  /// True if the question about `epoch` is to be put now: it is new, or open for long enough. The
  /// wait until it may be put again doubles from 5 s to 60 s.
  bool should_ask(Instant now, const UnitId& unit, Epoch epoch);
  void close_question(const UnitId& unit);
  std::vector<UnitId> due(Instant now) const;
  std::optional<Instant> next_deadline() const;

 private:
  struct Line {
    Epoch confirmed = 0;
    Epoch floor = 0;
  };
  struct Question {
    Epoch epoch = 0;
    Duration wait{0};
    Instant again_at{};
  };
  Line* line(const UnitId& unit);

  std::size_t units_max_;
  std::map<UnitId, Line> lines_;
  std::map<UnitId, Question> questions_;
  std::set<std::pair<Instant, UnitId>> deadlines_;
};

}  // namespace gossamer::naming
