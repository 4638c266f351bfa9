#pragma once

#include <string>
#include <vector>

#include "journal/effect.hpp"

namespace gossamer::journal {

/// Keys in one page of a listing.
inline constexpr std::size_t kPageKeys = 1'000;
/// Files that one unit may have in the object store.
inline constexpr std::size_t kFilesMax = 1'000'000;

/// The slots of a journal, page by page. Pages are not one snapshot: the last one gives a true tip,
/// older slots may be gone by the time they are read.
class SlotListing {
 public:
  /// The highest so many are kept; the tip is always among them.
  static constexpr std::size_t kSlotsMax = 1'000'000;

  /// The order for the slots above `after` (0: all).
  List begin(const UnitId& unit, Slot after);
  /// The order for the next page; nothing if `page` was the last.
  std::optional<List> on_page(const UnitId& unit, const Listed& page);

  /// Ascending.
  const std::vector<Slot>& slots() const { return slots_; }
  Slot tip() const { return slots_.empty() ? 0 : slots_.back(); }

 private:
  std::vector<Slot> slots_;
};

}  // namespace gossamer::journal
