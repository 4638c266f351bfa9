#pragma once

#include <cstddef>
#include <vector>

#include "gossamer/membership.hpp"

namespace gossamer::membership {

constexpr std::size_t kPanelSize = 4;

/// Who checks a suspect: the `size` live members that rank highest by hash(suspect, incarnation,
/// member), after `skip` others; whoever asks works out the same. Neither the suspect nor `self` is
/// of it. Valid as long as `members`.
std::vector<const Member*> panel_of(const MemberView& members, const NodeId& suspect,
                                    Incarnation incarnation, const NodeId& self, std::size_t skip,
                                    std::size_t size = kPanelSize);

}  // namespace gossamer::membership
