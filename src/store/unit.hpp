#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>

#include "store/checkpoint.hpp"
#include "store/lane.hpp"
#include "store/unit_layout.hpp"
#include "store/unit_store.hpp"

namespace gossamer::store {

/// One unit of this machine: its order of work, its store while that is open, and who still has its
/// files. Confined to the loop, except what is shared with a worker by a step of the lane.
struct Unit : std::enable_shared_from_this<Unit> {
  /// `units`: the folder of all units. Requires UnitLayout::is_valid(id).
  Unit(const std::string& units, const UnitId& id);

  bool is_idle() const;
  /// `next` is called once RocksDB has let go of the files: at once, if it does not have them.
  void await_release(UniqueFunction<void()> next);

  const std::shared_ptr<const UnitLayout> layout;
  Lane lane;
  std::shared_ptr<UnitStore> open;     ///< From open to close.
  std::weak_ptr<UnitStore> lingering;  ///< Closed, and read by those who hold it.
  bool is_database_open = false;       ///< RocksDB has the files, lingering included.
  UniqueFunction<void()> on_released{};
  std::shared_ptr<HashCache> hashes = std::make_shared<HashCache>();
  /// Sizes of the files of checkpoints that were taken.
  std::map<std::uint64_t, std::map<std::string, std::uint64_t>> checkpoints{};
};

/// RocksDB may take long to close, and who drops the last reference may be any thread: so the
/// closing is done by a worker, and the unit hears of it on the loop.
std::shared_ptr<Database> share_database(std::unique_ptr<Database> database,
                                         const std::shared_ptr<WorkersGate>& gate,
                                         const std::weak_ptr<Unit>& unit);

}  // namespace gossamer::store
