#pragma once

#include "gossamer/store.hpp"
#include "journal/entry.hpp"
#include "ownership/announcement.hpp"
#include "wire/data_key.hpp"

// What lies in the object store and in local stores. Schemas are append-only: what was written
// years ago must be read. Every decode is bounded by the size of its input. Errors: corrupted (a
// seal that does not hold, too), version_mismatch.
//
// What lies in the object store is sealed under the store's data key and its own name there, so
// nothing that somebody without the key wrote, altered or moved is read.

namespace gossamer::wire {

/// Deterministic: one entry gives the same bytes each time, so that it can be put again.
Bytes encode_journal_entry(const journal::JournalEntry& entry, const ObjectSeal& seal);
Result<journal::JournalEntry> decode_journal_entry(ByteView bytes, const ObjectSeal& seal);

Bytes encode_manifest(const journal::Manifest& manifest, const ObjectSeal& seal);
/// Whether this build can use a manifest of its `format` is for the caller to decide.
Result<journal::Manifest> decode_manifest(ByteView bytes, const ObjectSeal& seal);

Bytes encode_spec(const ownership::SpecVersion& spec, const ObjectSeal& seal);
Result<ownership::SpecVersion> decode_spec(ByteView bytes, const ObjectSeal& seal);

/// Whether these bytes, of whatever kind, were sealed under this name by a holder of the key.
bool is_sealed(ByteView bytes, const ObjectSeal& seal);

/// The bytes of a journal::Commit. Without a seal of their own: the journal entry that holds them
/// has one, the local store has checksums.
Bytes encode_operations(const WriteBatch& batch);
Result<WriteBatch> decode_operations(ByteView bytes);

}  // namespace gossamer::wire
