// Planted: a confirmed claim is believed in, whatever lies above it.
#include "journal/decisions.hpp"

namespace gossamer::journal {

bool claim_stands([[maybe_unused]] Slot claim, [[maybe_unused]] const std::vector<Slot>& above) {
  return true;
}

}  // namespace gossamer::journal
