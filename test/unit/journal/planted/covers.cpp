#include "journal/decisions.hpp"

namespace gossamer::journal {

// Planted: a freeze covers all that lies below its entry.
Slot covers(Slot, Slot freeze) {
  return freeze;
}

}  // namespace gossamer::journal
