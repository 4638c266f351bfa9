#pragma once

#include <string>

#include "gossamer/result.hpp"

namespace gossamer {

/// Draws a cluster key and writes it to a new file that only its owner may read (0600).
/// Errors: already_exists, io.
Result<void> write_new_key_file(const std::string& path);

/// The 32 bytes in a key file. Errors: not_found, io, permission_denied (others may read it),
/// corrupted (not a key file).
Result<std::string> read_key_file(const std::string& path);

}  // namespace gossamer
