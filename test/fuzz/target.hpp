#pragma once

#include <cstddef>
#include <cstdint>

#include "base/assert.hpp"

/// What libFuzzer and replay.cpp call; each target defines it. What must hold is asserted: a broken
/// assertion is a finding, as a crash is.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);
