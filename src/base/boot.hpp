#pragma once

#include <cstdint>

namespace gossamer {

/// Numbers that only a node itself raises, its incarnation and the versions of its records, have
/// the boot that said them in the upper half: every boot's are above every earlier boot's, without
/// anything to persist in between.
constexpr int kBootShift = 32;
constexpr std::uint64_t boot_of(std::uint64_t number) {
  return number >> kBootShift;
}

}  // namespace gossamer
