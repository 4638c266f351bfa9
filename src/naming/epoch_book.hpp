#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>

#include "gossamer/ids.hpp"

namespace gossamer::naming {

/// Which epochs of owned units are real, and which are over.
class EpochBook {
 public:
  explicit EpochBook(std::size_t units_max) : units_max_(units_max) {}

  /// The highest epoch known to be claimed; 0: none.
  Epoch confirmed(const UnitId& unit) const;
  /// Who claimed that epoch; zero: that is not known.
  NodeId claimant(const UnitId& unit) const;
  /// Nothing below it may be answered: the highest epoch confirmed, or answered from the cache.
  Epoch floor(const UnitId& unit) const;
  /// Whether it is known, or there is room: at units_max a line that was let go gives way.
  bool has_room(const UnitId& unit) const;
  /// True if the epoch is news. False too without room: its records then never count, which is the
  /// safe side. `claimant` may be zero.
  bool confirm(const UnitId& unit, Epoch epoch, const NodeId& claimant);
  void raise_floor(const UnitId& unit, Epoch epoch);
  /// The journal's newest epoch was read and is confirmed: what an earlier run answered counts no
  /// more.
  void settle(const UnitId& unit);
  /// Nobody runs this service's units any more: their lines may give way, the first let go first.
  void let_go(const std::string& service);

 private:
  struct Line {
    Epoch confirmed = 0;
    Epoch floor = 0;
    NodeId claimant{};
    std::uint64_t let_go = 0;  ///< When, in order; 0: it was not.
  };
  Line* line(const UnitId& unit);
  void keep(Line& line);

  std::size_t units_max_;
  std::map<UnitId, Line> lines_;
  std::map<std::uint64_t, UnitId> let_go_;
  std::uint64_t last_let_go_ = 0;
};

}  // namespace gossamer::naming
