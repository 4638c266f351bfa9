#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "gossamer/bytes.hpp"

namespace gossamer::node {

inline constexpr std::size_t kKeyBytes = 32;

/// What a file that holds a cluster's secret says: a line that names what it is, and 64 hex digits.
std::string key_text(ByteView key);
/// The key's bytes; nothing if it is any other text.
std::optional<std::string> parse_key_text(std::string_view text);

}  // namespace gossamer::node
