#pragma once

#include "base/hash.hpp"
#include "gossamer/bytes.hpp"
#include "target.hpp"
#include "wire/storage.hpp"

namespace gossamer::fuzz {

/// A message in an envelope whose checksum holds, as docs/WIRE.md draws it: a fuzzer does not guess
/// a checksum.
inline Bytes enveloped(char kind, ByteView message) {
  const auto kind_byte = static_cast<std::uint8_t>(kind);
  const std::uint64_t checksum = hash64(message) ^ hash64(ByteView{&kind_byte, 1});
  Bytes bytes{'g', 's', 'm', 1, kind_byte, 0, 0, 0};
  for (int i = 0; i < 8; ++i) bytes.push_back(static_cast<std::uint8_t>(checksum >> (8 * i)));
  bytes.insert(bytes.end(), message.begin(), message.end());
  return bytes;
}

/// Feeds the input as it is, and in an envelope. What is understood is encoded again and understood
/// in the same way.
template <class Decode, class Encode>
void feed(char kind, ByteView input, Decode decode, Encode encode) {
  for (const Bytes& bytes : {Bytes{input.begin(), input.end()}, enveloped(kind, input)}) {
    const auto value = decode(bytes);
    if (!value) continue;
    const Bytes said = encode(*value);
    const auto again = decode(said);
    GOSSAMER_ASSERT(again && encode(*again) == said);
  }
}

}  // namespace gossamer::fuzz
