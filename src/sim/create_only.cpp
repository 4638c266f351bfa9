#include "sim/create_only.hpp"

namespace gossamer::sim {

bool may_create(bool is_taken) {
  return !is_taken;
}

}  // namespace gossamer::sim
