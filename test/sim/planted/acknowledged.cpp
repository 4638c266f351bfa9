// Planted: acknowledges what was sent, before its slot is confirmed.
#include "journal/decisions.hpp"

namespace gossamer::journal {

Sequence acknowledged(Sequence sent, [[maybe_unused]] Sequence confirmed) {
  return sent;
}

}  // namespace gossamer::journal
