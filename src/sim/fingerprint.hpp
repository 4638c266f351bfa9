#pragma once

#include <cstdint>

#include "base/hash.hpp"
#include "base/instant.hpp"
#include "gossamer/bytes.hpp"

namespace gossamer::sim {

/// A rolling hash of everything that happened: equal for equal seeds, on every compiler.
class Fingerprint {
 public:
  void add(std::uint64_t word) {
    value_ = (value_ ^ word) * 0x9e3779b97f4a7c15U;
    value_ ^= value_ >> 29;
  }
  void add(Instant now, std::uint64_t kind, std::uint64_t host) {
    add(static_cast<std::uint64_t>(now.since_origin.count()));
    add(kind << 32 | host);
  }
  void add(ByteView bytes) { add(hash64(bytes)); }
  std::uint64_t value() const { return value_; }

 private:
  std::uint64_t value_ = 0x676f7373616d6572U;
};

}  // namespace gossamer::sim
