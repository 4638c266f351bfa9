#pragma once

// What stands before every stored object. To be included only by wire/*.cpp.

#include <sodium.h>

#include <array>

#include "wire/capnp_message.hpp"
#include "wire/data_key.hpp"

namespace gossamer::wire {

/// Tells what an object is, so that one is never read as another.
enum class StoredKind : std::uint8_t { journal_entry = 'j', manifest = 'm', spec = 's' };

// "gsm", the format, the kind, three zeros, the seal; then the flat message, which so is aligned to
// 8 bytes if the object is.
constexpr std::uint8_t kStoredFormat = 2;
constexpr std::size_t kStoredHeadBytes = 8;
constexpr std::size_t kSealBytes = 16;
constexpr std::size_t kEnvelopeBytes = kStoredHeadBytes + kSealBytes;

using StoredSeal = std::array<std::uint8_t, kSealBytes>;

/// Keyed BLAKE2b-128 over a domain text, the object's name with its length, head and message.
inline StoredSeal seal_of(const ObjectSeal& seal, ByteView head, ByteView message) {
  static constexpr std::string_view kDomain = "gossamer stored object v2";
  std::array<std::uint8_t, 8> name_bytes{};
  store_u64(name_bytes.data(), seal.name.size());
  crypto_generichash_state state;
  crypto_generichash_init(&state, seal.key.bytes.data(), seal.key.bytes.size(), kSealBytes);
  for (const ByteView part :
       {as_bytes(kDomain), ByteView{name_bytes}, as_bytes(seal.name), head, message}) {
    crypto_generichash_update(&state, part.data(), part.size());
  }
  StoredSeal out{};
  crypto_generichash_final(&state, out.data(), out.size());
  return out;
}

/// Of at least an envelope's size.
inline bool is_seal_right(const ObjectSeal& seal, ByteView bytes) {
  const StoredSeal right =
      seal_of(seal, bytes.first(kStoredHeadBytes), bytes.subspan(kEnvelopeBytes));
  return sodium_memcmp(right.data(), bytes.data() + kStoredHeadBytes, kSealBytes) == 0;
}

inline Bytes wrap(StoredKind kind, const ObjectSeal& seal, capnp::MessageBuilder& message) {
  Bytes bytes{'g', 's', 'm', kStoredFormat, static_cast<std::uint8_t>(kind)};
  bytes.resize(kEnvelopeBytes);
  append_flat(message, bytes);
  const ByteView all{bytes};
  const StoredSeal sealed = seal_of(seal, all.first(kStoredHeadBytes), all.subspan(kEnvelopeBytes));
  std::copy(sealed.begin(), sealed.end(), bytes.begin() + kStoredHeadBytes);
  return bytes;
}

/// The flat message. Errors: corrupted, version_mismatch.
inline Result<ByteView> unwrap(StoredKind kind, std::string_view what, const ObjectSeal& seal,
                               ByteView bytes) {
  if (bytes.size() < kStoredHeadBytes || bytes[0] != 'g' || bytes[1] != 's' || bytes[2] != 'm') {
    return corrupted(what, "not an object of gossamer");
  }
  if (bytes[3] != kStoredFormat) {
    return fail(
        ErrorCode::version_mismatch,
        fmt::format("{}: stored in format {}, this build reads {}", what, bytes[3], kStoredFormat));
  }
  if (bytes.size() < kEnvelopeBytes || !is_seal_right(seal, bytes)) {
    return corrupted(
        what,
        "its seal does not hold: damaged, or written by somebody without the cluster's "
        "data key");
  }
  // Only now, so that these tell of somebody who holds the key.
  if (bytes[4] != static_cast<std::uint8_t>(kind)) return corrupted(what, "of another kind");
  if (bytes[5] != 0 || bytes[6] != 0 || bytes[7] != 0)
    return corrupted(what, "a field is not zero");
  return bytes.subspan(kEnvelopeBytes);
}

}  // namespace gossamer::wire
