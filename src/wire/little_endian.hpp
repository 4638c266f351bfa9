#pragma once

#include <cstdint>

// Numbers in bytes, least significant first, at any alignment.

namespace gossamer::wire {

inline std::uint64_t load_u64(const std::uint8_t* from) {
  std::uint64_t value = 0;
  for (int i = 7; i >= 0; --i) value = (value << 8) | from[i];
  return value;
}
inline std::uint32_t load_u32(const std::uint8_t* from) {
  std::uint32_t value = 0;
  for (int i = 3; i >= 0; --i) value = (value << 8) | from[i];
  return value;
}
inline std::uint16_t load_u16(const std::uint8_t* from) {
  return static_cast<std::uint16_t>(from[0] | (from[1] << 8));
}

inline void store_u64(std::uint8_t* into, std::uint64_t value) {
  for (int i = 0; i < 8; ++i) into[i] = static_cast<std::uint8_t>(value >> (8 * i));
}
inline void store_u32(std::uint8_t* into, std::uint32_t value) {
  for (int i = 0; i < 4; ++i) into[i] = static_cast<std::uint8_t>(value >> (8 * i));
}
inline void store_u16(std::uint8_t* into, std::uint16_t value) {
  for (int i = 0; i < 2; ++i) into[i] = static_cast<std::uint8_t>(value >> (8 * i));
}

}  // namespace gossamer::wire
