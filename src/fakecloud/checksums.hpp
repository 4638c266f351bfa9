#pragma once

#include <array>
#include <cstdint>

#include "gossamer/bytes.hpp"

namespace gossamer::fakecloud {

/// MD5, which ETags are made of. Not for security.
std::array<std::uint8_t, 16> md5(ByteView bytes);
std::array<std::uint8_t, 20> sha1(ByteView bytes);
/// Big-endian, as the checksum headers carry them.
std::array<std::uint8_t, 4> crc32(ByteView bytes);
std::array<std::uint8_t, 4> crc32c(ByteView bytes);

}  // namespace gossamer::fakecloud
