#pragma once

#include <vector>

#include "gossamer/membership.hpp"

namespace gossamer::ownership {

/// Live members by how well they suit the unit: rendezvous (highest random weight) hashing, so that
/// all nodes agree, and a join or a death moves nothing else. Source: Thaler and Ravishankar 1998.
std::vector<NodeId> rank(const UnitId& unit, const MemberView& members);

}  // namespace gossamer::ownership
