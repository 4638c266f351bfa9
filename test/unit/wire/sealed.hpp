#pragma once

#include <string_view>

#include "wire/storage.hpp"

namespace gossamer::wire {

inline const DataKey kSealKey{{0x5e, 0xa1}};
constexpr std::string_view kSealName = "journal/ledger/0/00000000000000000001";
inline const ObjectSeal kSeal{kSealKey, kSealName};

inline Bytes seal_journal_entry(const journal::JournalEntry& entry) {
  return encode_journal_entry(entry, kSeal);
}
inline Bytes seal_manifest(const journal::Manifest& manifest) {
  return encode_manifest(manifest, kSeal);
}
inline Bytes seal_spec(const ownership::SpecVersion& spec) {
  return encode_spec(spec, kSeal);
}
inline Result<journal::JournalEntry> open_journal_entry(ByteView bytes) {
  return decode_journal_entry(bytes, kSeal);
}
inline Result<journal::Manifest> open_manifest(ByteView bytes) {
  return decode_manifest(bytes, kSeal);
}
inline Result<ownership::SpecVersion> open_spec(ByteView bytes) {
  return decode_spec(bytes, kSeal);
}

}  // namespace gossamer::wire
