#pragma once

#include <sodium.h>

#include "gossamer/bytes.hpp"
#include "target.hpp"
#include "wire/storage.hpp"

namespace gossamer::fuzz {

inline constexpr std::string_view kStoredName = "fuzz/object";

inline wire::ObjectSeal stored_seal() {
  static const wire::DataKey key{{1, 2, 3}};
  return {key, kStoredName};
}

/// A message behind a seal that holds, as docs/WIRE.md draws it: a fuzzer does not guess a seal.
inline Bytes sealed_object(char kind, ByteView message) {
  constexpr std::size_t kHeadBytes = 8;
  constexpr std::size_t kSealBytes = 16;
  Bytes bytes{'g', 's', 'm', 2, static_cast<std::uint8_t>(kind), 0, 0, 0};
  Bytes said = to_bytes("gossamer stored object v2");
  said.push_back(static_cast<std::uint8_t>(kStoredName.size()));
  said.resize(said.size() + 7);
  said.insert(said.end(), kStoredName.begin(), kStoredName.end());
  said.insert(said.end(), bytes.begin(), bytes.end());
  said.insert(said.end(), message.begin(), message.end());
  bytes.resize(kHeadBytes + kSealBytes);
  const auto& key = stored_seal().key.bytes;
  crypto_generichash(bytes.data() + kHeadBytes, kSealBytes, said.data(), said.size(), key.data(),
                     key.size());
  bytes.insert(bytes.end(), message.begin(), message.end());
  return bytes;
}

/// Feeds the input as it is, which nobody's seal lets in, and behind a seal. What is understood is
/// encoded again and understood in the same way, under its own name only.
template <class T>
void feed(char kind, ByteView input, Result<T> (*decode)(ByteView, const wire::ObjectSeal&),
          Bytes (*encode)(const T&, const wire::ObjectSeal&)) {
  const wire::ObjectSeal seal = stored_seal();
  GOSSAMER_ASSERT(!wire::is_sealed(input, seal) && !decode(input, seal));
  const Bytes bytes = sealed_object(kind, input);
  GOSSAMER_ASSERT(wire::is_sealed(bytes, seal));
  const auto value = decode(bytes, seal);
  if (!value) return;
  const Bytes said = encode(*value, seal);
  const auto again = decode(said, seal);
  GOSSAMER_ASSERT(again && encode(*again, seal) == said);
  GOSSAMER_ASSERT(!decode(said, {seal.key, "fuzz/another"}));
}

}  // namespace gossamer::fuzz
