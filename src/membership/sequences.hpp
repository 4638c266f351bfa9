#pragma once

#include <cstddef>
#include <cstdint>

#include "base/hash.hpp"

namespace gossamer::membership {

/// Numbers for pings that nobody can tell from those before: who answers has been asked. Not from a
/// Random, whose next numbers follow from a few.
class Sequences {
 public:
  explicit Sequences(std::uint64_t secret) : state_{secret, 0} {}

  std::uint64_t next() {
    ++state_[1];
    std::uint8_t bytes[sizeof(state_)];
    for (std::size_t i = 0; i < sizeof(bytes); ++i) {
      bytes[i] = static_cast<std::uint8_t>(state_[i / 8] >> (8 * (i % 8)));
    }
    return hash64(ByteView{bytes});
  }

 private:
  std::uint64_t state_[2];
};

}  // namespace gossamer::membership
