#include "journal/listing.hpp"

namespace gossamer::journal {

List SlotListing::begin(const UnitId& unit, Slot after) {
  slots_.clear();
  return List{0, journal_prefix(unit), after == 0 ? std::string{} : slot_key(unit, after),
              kPageKeys};
}

std::optional<List> SlotListing::on_page(const UnitId& unit, const Listed& page) {
  for (const std::string& key : page.keys) {
    // Whatever else lies there is not ours to read.
    const Slot slot = slot_of(unit, key);
    if (slot > tip()) slots_.push_back(slot);
  }
  if (slots_.size() > kSlotsMax) {
    slots_.erase(slots_.begin(),
                 slots_.begin() + static_cast<std::ptrdiff_t>(slots_.size() - kSlotsMax));
  }
  if (page.is_last) return std::nullopt;
  return List{0, journal_prefix(unit), page.keys.back(), kPageKeys};
}

}  // namespace gossamer::journal
