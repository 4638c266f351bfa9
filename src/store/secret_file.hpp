#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "gossamer/bytes.hpp"
#include "gossamer/result.hpp"

// Small files that only their owner may read. All calls block.

namespace gossamer::store {

/// Nothing if there is no file. `what` is what errors call it, e.g. "the identity key".
/// Errors: permission_denied (others could read it), corrupted (no file, or longer than
/// `bytes_max`), io.
Result<std::optional<Bytes>> read_secret_file(const std::string& path, std::string_view what,
                                              std::size_t bytes_max);

/// Durably (0600), and whole or not at all; replaces what is there. Errors: io.
Result<void> write_secret_file(const std::string& path, ByteView secret);

}  // namespace gossamer::store
