#pragma once

#include "gossamer/store.hpp"
#include "journal/entry.hpp"
#include "ownership/announcement.hpp"

// What lies in the object store and in local stores. Schemas are append-only: what was written
// years ago must be read. Every decode is bounded by the size of its input. Errors: corrupted,
// version_mismatch.

namespace gossamer::wire {

/// Deterministic: one entry gives the same bytes each time, so that it can be put again.
Bytes encode_journal_entry(const journal::JournalEntry& entry);
Result<journal::JournalEntry> decode_journal_entry(ByteView bytes);

Bytes encode_manifest(const journal::Manifest& manifest);
/// Whether this build can use a manifest of its `format` is for the caller to decide.
Result<journal::Manifest> decode_manifest(ByteView bytes);

Bytes encode_spec(const ownership::SpecVersion& spec);
Result<ownership::SpecVersion> decode_spec(ByteView bytes);

/// The bytes of a journal::Commit. Without a checksum of their own: the journal entry and the local
/// store that hold them have one.
Bytes encode_operations(const WriteBatch& batch);
Result<WriteBatch> decode_operations(ByteView bytes);

}  // namespace gossamer::wire
