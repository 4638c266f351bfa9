#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "gossamer/bytes.hpp"

namespace gossamer::node {

/// How small binary things stand in files: a line that names what it is, and a line of hex digits.
std::string headed_hex(std::string_view heading, ByteView bytes);
/// Nothing if it is any other text, or not `count` bytes.
std::optional<Bytes> parse_headed_hex(std::string_view heading, std::string_view text,
                                      std::size_t count);

}  // namespace gossamer::node
