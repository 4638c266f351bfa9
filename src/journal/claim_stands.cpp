#include <algorithm>

#include "journal/decisions.hpp"

namespace gossamer::journal {

// A claim with something above it has landed in a pruned slot, or has been replaced already: it is
// void either way, and nobody reads it.
bool claim_stands(Slot claim, const std::vector<Slot>& above) {
  return std::none_of(above.begin(), above.end(), [&](Slot slot) { return slot > claim; });
}

}  // namespace gossamer::journal
