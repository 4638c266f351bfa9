#pragma once

#include <array>
#include <cstdint>
#include <initializer_list>
#include <string>

#include "gossamer/bytes.hpp"

namespace gossamer {

/// A fast 64-bit hash, the same on every machine (SipHash-2-4 with a fixed key). For digests and
/// rankings, not for anything that an attacker must not be able to collide.
std::uint64_t hash64(ByteView bytes);
/// Of the parts with their lengths, so that ("ab","c") and ("a","bc") differ.
std::uint64_t hash64(std::initializer_list<ByteView> parts);

/// BLAKE2b-256, for contents that must not be forged.
using ContentHash = std::array<std::uint8_t, 32>;
ContentHash content_hash(ByteView bytes);
std::string to_hex(ByteView bytes);

/// content_hash of what comes in pieces.
class ContentHasher {
 public:
  ContentHasher();
  void update(ByteView bytes);
  ContentHash finish();

 private:
  alignas(64) std::array<std::uint8_t, 384> state_;
};

}  // namespace gossamer
