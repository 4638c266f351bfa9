#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>

namespace gossamer::wire {

/// Versions of what lies in a frame. The frame itself, its header and its seal, is the same in all
/// of them, so whoever holds the key can tell that a frame is true though it cannot read what it
/// says (the same idea: QUIC's invariants, RFC 8999). Most changes need no version: docs/WIRE.md,
/// Evolution.
using Version = std::uint8_t;

/// The versions that a node reads, without a gap. What it sends to another is of the highest that
/// both read.
struct VersionRange {
  Version oldest = 1;
  Version newest = 1;

  bool contains(Version version) const { return oldest <= version && version <= newest; }
  friend bool operator==(const VersionRange&, const VersionRange&) = default;
};

/// What this build reads.
constexpr VersionRange kVersions{1, 1};

/// The version after the newest, which no node speaks: in it a head's length counts its own 4
/// bytes, as small an incompatible change as there is. Simulated clusters are upgraded to it and
/// back, so that the way to the next version is tried before there is one.
constexpr Version kRehearsal = kVersions.newest + 1;

/// Nothing: they have none in common.
constexpr std::optional<Version> highest_common(const VersionRange& a, const VersionRange& b) {
  const Version highest = std::min(a.newest, b.newest);
  if (highest < std::max(a.oldest, b.oldest)) return std::nullopt;
  return highest;
}

}  // namespace gossamer::wire
