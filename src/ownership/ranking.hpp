#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "gossamer/membership.hpp"

namespace gossamer::ownership {

/// Live members by how well they suit the unit: rendezvous (highest random weight) hashing, so that
/// all nodes agree, and a join or a death moves nothing else. Source: Thaler and Ravishankar 1998.
std::vector<NodeId> rank(const UnitId& unit, const MemberView& members);

/// The place of `self` in that order, 0 being the first, with `excluded` (zero: nobody) left out.
/// Nothing if `self` is not a live member, or excluded. Costs one hash per live member.
std::optional<std::size_t> rank_of(const UnitId& unit, const MemberView& members,
                                   const NodeId& self, const NodeId& excluded);

}  // namespace gossamer::ownership
