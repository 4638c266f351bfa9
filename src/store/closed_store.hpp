#pragma once

#include <memory>

#include "ports/unit_stores.hpp"
#include "store/database.hpp"
#include "store/unit_layout.hpp"

// What is done with the files of a store that nobody has open, and how it is opened. All calls
// block, and first finish what a crash interrupted.

namespace gossamer::store {

Result<journal::StoreState> inspect_open(const Database& database);
/// Errors: corrupted, io, version_mismatch.
Result<journal::StoreState> inspect_closed(const UnitLayout& layout);

/// Durable when it returns. Errors: not_found, corrupted, io.
Result<void> record_claim_in(const UnitLayout& layout, const journal::Nonce& nonce);

struct OpenedDatabase {
  std::unique_ptr<Database> database;
  UnitStores::Opened state;
};
/// Opens, or makes, and durably records who opened it. Errors: corrupted, io, version_mismatch.
Result<OpenedDatabase> open_database(const UnitLayout& layout, Epoch epoch,
                                     const journal::Nonce& nonce);

}  // namespace gossamer::store
