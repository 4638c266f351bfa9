// Planted: what is worse wins, and nobody's incarnation counts, so that nobody can refute.
#include "membership/belief_merge.hpp"

namespace gossamer::membership {

bool wins(const Belief& heard, const Belief& held) {
  return heard.state > held.state;
}

}  // namespace gossamer::membership
