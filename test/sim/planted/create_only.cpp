// Planted: a store whose create overwrites, so that two claims of one slot are both confirmed.
#include "sim/create_only.hpp"

namespace gossamer::sim {

bool may_create([[maybe_unused]] bool is_taken) {
  return true;
}

}  // namespace gossamer::sim
