#pragma once

#include <cstddef>
#include <cstdint>

#include "base/instant.hpp"

namespace gossamer::membership {

/// 1000 x log10(n), rounded to the nearest, in integers only: every machine must give the same.
/// 0 for n of 0 and 1.
std::uint64_t log10_milli(std::uint64_t n);

/// How long a suspect has to refute: floor x max(1, log10(n)), for n live members. It grows with
/// the time that its answer takes to reach everybody.
Duration suspicion_duration(Duration floor, std::size_t live_count);

}  // namespace gossamer::membership
