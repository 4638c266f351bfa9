#include "journal/decisions.hpp"

namespace gossamer::journal {

// Planted: what was sent is acknowledged.
Sequence acknowledged(Sequence sent, Sequence) {
  return sent;
}

}  // namespace gossamer::journal
