#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
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
  /// Whether it is known, or there is room: at units_max a line that was let go gives way.
  bool has_room(const UnitId& unit) const;
  /// True if it is news. False too without room: its records then never count, which is the safe
  /// side.
  bool confirm(const UnitId& unit, Epoch epoch);
  void raise_floor(const UnitId& unit, Epoch epoch);
  /// Nobody runs this service's units any more: their lines may give way, the first let go first.
  void let_go(const std::string& service);

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
    std::uint64_t let_go = 0;  ///< When, in order; 0: it was not.
  };
  struct Question {
    Epoch epoch = 0;
    Duration wait{0};
    Instant again_at{};
  };
  Line* line(const UnitId& unit);
  void keep(Line& line);

  std::size_t units_max_;
  std::map<UnitId, Line> lines_;
  std::map<std::uint64_t, UnitId> let_go_;
  std::uint64_t last_let_go_ = 0;
  std::map<UnitId, Question> questions_;
  std::set<std::pair<Instant, UnitId>> deadlines_;
};

}  // namespace gossamer::naming
