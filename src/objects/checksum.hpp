#pragma once

#include <memory>
#include <string>

#include "gossamer/bytes.hpp"

namespace gossamer::objects {

/// XXH3, 128 bits, of what comes in pieces: tells whether bytes are those that were put. It costs a
/// twentieth of SHA-256, which is a third of what a large get costs. It finds what went wrong by
/// accident; what somebody did on purpose is found by whoever knows a content_hash or holds a key.
class Checksum {
 public:
  static constexpr std::size_t kHexDigits = 32;

  Checksum();
  ~Checksum();
  Checksum(Checksum&&) noexcept;
  Checksum& operator=(Checksum&&) noexcept;

  void update(ByteView bytes);
  /// Of all so far, in hexadecimal, as xxh128sum prints it.
  std::string hex() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace gossamer::objects
