#pragma once

#include <cstddef>
#include <memory>
#include <string>

#include "ports/unit_stores.hpp"
#include "ports/workers.hpp"

namespace gossamer::store {

/// What may wait in memory for one unit, in bytes of the form that goes into the journal. Beyond, a
/// commit is refused.
struct UnitStoreLimits {
  std::size_t waiting_bytes_max = 64 * 1024 * 1024;     ///< For the disk.
  std::size_t unshipped_bytes_max = 256 * 1024 * 1024;  ///< For the journal: kept until trimmed.
};

/// The local stores of units: one RocksDB each, under `data_path`/units. Touches no disk itself.
/// `workers` must outlive the result. Handles may outlive both: every call of theirs fails then, so
/// that no handle keeps the data directory from being opened again.
///
/// A handle goes on reading after close, until an order for the unit needs the store's files
/// (inspect, record_claim, set_aside, adopt_build, open); from then on its reads fail with
/// `fenced`. Orders that need a closed store fail with `already_exists` while it is open, and those
/// that need an open one fail with `not_found`.
///
/// open_unit_stores does not lock: the node store of the same `data_path` does.
std::unique_ptr<UnitStores> open_unit_stores(const std::string& data_path, Workers& workers,
                                             UnitStoreLimits limits = {});

}  // namespace gossamer::store
