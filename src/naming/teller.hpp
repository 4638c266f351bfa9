#pragma once

#include <compare>
#include <cstdint>

#include "gossamer/ids.hpp"

namespace gossamer::naming {

/// Who says something of a unit's epoch.
struct Teller {
  UnitId unit{};
  NodeId author{};

  friend auto operator<=>(const Teller&, const Teller&) = default;
};

/// "I hold the claim of this epoch, and it lies in that slot." Signed, and not yet looked up.
struct ClaimHeard {
  UnitId unit{};
  Epoch epoch = 0;
  NodeId author{};
  std::uint64_t slot = 0;

  friend bool operator==(const ClaimHeard&, const ClaimHeard&) = default;
};
inline Teller teller_of(const ClaimHeard& claim) {
  return {claim.unit, claim.author};
}

}  // namespace gossamer::naming
