#pragma once

// What stands before every stored object. To be included only by wire/*.cpp.

#include "base/hash.hpp"
#include "wire/capnp_message.hpp"

namespace gossamer::wire {

/// Tells what an object is, so that one is never read as another.
enum class StoredKind : std::uint8_t { journal_entry = 'j', manifest = 'm', spec = 's' };

// "gsm", the format, the kind, three zeros, hash64 of kind and message; then the flat message,
// which so is aligned to 8 bytes if the object is.
constexpr std::uint8_t kStoredFormat = 1;
constexpr std::size_t kEnvelopeBytes = 16;

inline std::uint64_t checksum(StoredKind kind, ByteView message) {
  const auto kind_byte = static_cast<std::uint8_t>(kind);
  return hash64(message) ^ hash64(ByteView{&kind_byte, 1});
}

inline Bytes wrap(StoredKind kind, capnp::MessageBuilder& message) {
  Bytes bytes{'g', 's', 'm', kStoredFormat, static_cast<std::uint8_t>(kind)};
  bytes.resize(kEnvelopeBytes);
  append_flat(message, bytes);
  store_u64(bytes.data() + 8, checksum(kind, ByteView{bytes}.subspan(kEnvelopeBytes)));
  return bytes;
}

/// The flat message. Errors: corrupted, version_mismatch.
inline Result<ByteView> unwrap(StoredKind kind, std::string_view what, ByteView bytes) {
  if (bytes.size() < kEnvelopeBytes || bytes[0] != 'g' || bytes[1] != 's' || bytes[2] != 'm') {
    return corrupted(what, "not an object of gossamer");
  }
  if (bytes[3] != kStoredFormat) {
    return fail(
        ErrorCode::version_mismatch,
        fmt::format("{}: stored in format {}, this build reads {}", what, bytes[3], kStoredFormat));
  }
  if (bytes[4] != static_cast<std::uint8_t>(kind)) return corrupted(what, "of another kind");
  if (bytes[5] != 0 || bytes[6] != 0 || bytes[7] != 0)
    return corrupted(what, "a field is not zero");
  const ByteView message = bytes.subspan(kEnvelopeBytes);
  if (load_u64(bytes.data() + 8) != checksum(kind, message)) {
    return corrupted(what, "its checksum does not match");
  }
  return message;
}

}  // namespace gossamer::wire
