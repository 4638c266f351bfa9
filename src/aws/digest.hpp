#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>

#include "gossamer/bytes.hpp"

namespace gossamer::aws {

using Sha256 = std::array<std::uint8_t, 32>;

/// SHA-256 of bytes that come in pieces.
class Sha256Stream {
 public:
  Sha256Stream();
  ~Sha256Stream();
  Sha256Stream(Sha256Stream&&) noexcept;
  Sha256Stream& operator=(Sha256Stream&&) noexcept;
  void update(ByteView bytes);
  Sha256 finish();  ///< Starts anew.

 private:
  struct State;
  std::unique_ptr<State> state_;
};

Sha256 sha256(ByteView bytes);
Sha256 hmac_sha256(ByteView key, ByteView bytes);
std::string to_hex(ByteView bytes);  ///< Lower case.
std::string to_base64(ByteView bytes);
bool are_equal_in_constant_time(ByteView a, ByteView b) noexcept;

}  // namespace gossamer::aws
