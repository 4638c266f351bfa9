#pragma once

#include "gossamer/membership.hpp"

namespace gossamer::membership {

/// What is believed of a member: a state under an incarnation.
struct Belief {
  MemberState state = MemberState::alive;
  Incarnation incarnation = 0;

  friend bool operator==(const Belief&, const Belief&) = default;
};

/// Whether `heard` replaces `held`. Higher incarnations win; under the same one worse news wins
/// (alive < suspect < down < left). So merging is commutative, associative and idempotent.
/// Source: SWIM (Das 2002), section 4.2.
bool wins(const Belief& heard, const Belief& held);

}  // namespace gossamer::membership
