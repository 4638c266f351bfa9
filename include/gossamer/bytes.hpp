#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace gossamer {

/// Owned bytes.
using Bytes = std::vector<std::uint8_t>;
/// Somebody else's bytes, valid for the call unless its comment says longer.
using ByteView = std::span<const std::uint8_t>;
/// Immutable bytes with many holders.
using SharedBytes = std::shared_ptr<const Bytes>;

inline ByteView as_bytes(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}
inline std::string_view as_text(ByteView bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}
inline Bytes to_bytes(std::string_view text) {
  return {text.begin(), text.end()};
}
inline std::string to_text(ByteView bytes) {
  return std::string{as_text(bytes)};
}

}  // namespace gossamer
