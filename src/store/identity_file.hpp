#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>

#include "gossamer/result.hpp"

// The seed of a node's Ed25519 key, in a file of 32 bytes that only its owner may read. All calls
// block.

namespace gossamer::store {

using IdentitySeed = std::array<std::uint8_t, 32>;

/// Nothing if there is no file. Errors: permission_denied (others could read it), corrupted, io.
Result<std::optional<IdentitySeed>> read_identity(const std::string& path);

/// Draws a seed and writes it durably, whole or not at all. Requires that there is no file.
Result<IdentitySeed> make_identity(const std::string& path);

}  // namespace gossamer::store
