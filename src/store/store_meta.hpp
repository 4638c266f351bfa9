#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "gossamer/store.hpp"
#include "journal/entry.hpp"
#include "store/database.hpp"

// What a unit's store remembers besides the service's data: how far it is, under which claims it
// was used, and the commits that are not known to be in the journal. Column families `gossamer` and
// `tail`; numbers are big-endian, so that their byte order is their order.

namespace gossamer::store {

struct StoreMeta {
  journal::Sequence sequence = 0;
  Epoch opened_under = 0;
  std::vector<journal::Nonce> claims{};
  journal::Sequence trimmed = 0;  ///< The tail holds nothing at or below.
};
/// Errors: corrupted, io, version_mismatch.
Result<StoreMeta> read_meta(const Database& database);

// Parts of a batch.
void put_sequence(const Database& database, rocksdb::WriteBatch& batch, journal::Sequence sequence);
void put_opened_under(const Database& database, rocksdb::WriteBatch& batch, Epoch epoch);
/// Keeps the newest 4096: a nonce that is dropped makes the store one to be thawed afresh.
void put_claims(const Database& database, rocksdb::WriteBatch& batch,
                const std::vector<journal::Nonce>& claims);
void put_tail(const Database& database, rocksdb::WriteBatch& batch, journal::Sequence sequence,
              ByteView bytes);
void trim_tail(const Database& database, rocksdb::WriteBatch& batch, journal::Sequence through);
void put_operations(const Database& database, rocksdb::WriteBatch& batch,
                    const std::vector<WriteBatch::Operation>& operations);

/// Commits above `meta.trimmed`, in order. Errors: corrupted (a gap, or not up to the sequence),
/// io.
Result<std::vector<journal::Commit>> read_tail(const Database& database, const StoreMeta& meta);

/// Durably: makes a new database a store.
Result<void> write_made(Database& database);
/// Durably: records the epoch and the nonce, forgets the claims before it.
Result<void> write_opened(Database& database, Epoch epoch, const journal::Nonce& nonce);
/// Durably: one more claim.
Result<void> write_claim(Database& database, const journal::Nonce& nonce);
/// Durably: forgets all that another machine wrote for itself. The sequence stays.
Result<void> write_adopted(Database& database);

}  // namespace gossamer::store
