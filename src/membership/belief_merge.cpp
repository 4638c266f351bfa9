#include "membership/belief_merge.hpp"

namespace gossamer::membership {

bool wins(const Belief& heard, const Belief& held) {
  if (heard.incarnation != held.incarnation) return heard.incarnation > held.incarnation;
  return heard.state > held.state;
}

}  // namespace gossamer::membership
