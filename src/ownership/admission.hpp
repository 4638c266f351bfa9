#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "base/instant.hpp"
#include "gossamer/ids.hpp"

namespace gossamer::ownership {

/// Lets so many units in at a time; the others wait, the one that wanted in first going first.
class Admission {
 public:
  explicit Admission(std::size_t inside_max) : inside_max_(inside_max) {}

  /// True if the unit is in (also: already). Else it waits.
  bool enter(const UnitId& unit, Instant wanted_since);
  /// Out, and waiting no more.
  void leave(const UnitId& unit);
  /// The next that may enter, which waits no more. Nothing while all places are taken.
  std::optional<UnitId> call_next();
  bool is_inside(const UnitId& unit) const { return inside_.count(unit) == 1; }

 private:
  std::size_t inside_max_;
  std::set<UnitId> inside_;
  std::map<UnitId, Instant> waiting_;
  std::set<std::pair<Instant, UnitId>> order_;
};

/// When which unit is to be looked at again.
class Wakeups {
 public:
  void set(const UnitId& unit, Instant at);
  void clear(const UnitId& unit);
  void clear_all();
  void shift(Duration gap);
  /// The first unit that is due, which is then no longer set.
  std::optional<UnitId> take_due(Instant now);
  std::optional<Instant> next() const;

 private:
  std::map<UnitId, Instant> at_;
  std::set<std::pair<Instant, UnitId>> order_;
};

}  // namespace gossamer::ownership
