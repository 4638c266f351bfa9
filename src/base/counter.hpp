#pragma once

#include <cstdint>

namespace gossamer {

/// Incarnations, versions, epochs, slots and sequences. No honest one comes near it; a hostile one
/// beyond it could not be outbid, and would overflow what is computed from it.
constexpr std::uint64_t kCounterMax = std::uint64_t{1} << 62;

}  // namespace gossamer
