#pragma once

#include <cstddef>
#include <vector>

#include "base/random.hpp"
#include "gossamer/membership.hpp"

namespace gossamer::gossip {

/// Up to `count` different live members at random, none of `except`. Exact: if there are no more
/// than `count`, all of them. Valid as long as `members`.
std::vector<const Member*> choose_live(const MemberView& members, std::size_t count,
                                       const std::vector<NodeId>& except, Random& random);

/// The same of all that have not left: who is held down is told of it too.
std::vector<const Member*> choose_present(const MemberView& members, std::size_t count,
                                          const std::vector<NodeId>& except, Random& random);

}  // namespace gossamer::gossip
