#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "gossamer/bytes.hpp"
#include "gossamer/result.hpp"

namespace gossamer::node {

/// Writes a file that only its owner may read (0600), durably and whole or not at all.
/// Errors: already_exists, io.
Result<void> create_private_file(const std::string& path, std::string_view text);

/// Errors: not_found, permission_denied (others may read it), resource_exhausted (longer than
/// `bytes_max`), io.
Result<std::string> read_private_file(const std::string& path, std::size_t bytes_max);

/// From the operating system's source of secrets.
Bytes draw_random_bytes(std::size_t count);

/// Nothing unless `text` is `2 * count` hex digits.
Result<Bytes> parse_hex(std::string_view text, std::size_t count);

}  // namespace gossamer::node
