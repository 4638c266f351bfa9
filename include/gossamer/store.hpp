#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gossamer/ids.hpp"
#include "gossamer/result.hpp"
#include "gossamer/unique_function.hpp"

namespace gossamer {

/// What a write must survive before it is acknowledged.
enum class Durability : unsigned char {
  local = 0,   ///< kill and power loss, if this node is the next owner. Lost by any takeover.
  frozen = 2,  ///< Loss of every machine: it is in the journal in the object store.
};

/// Counts a unit's commits from 1, through all epochs.
using Sequence = std::uint64_t;

/// Puts and removes that become visible and durable together, in order.
class WriteBatch {
 public:
  struct Operation {
    std::string key;
    std::optional<std::string> value;  ///< Empty removes the key.
  };

  void put(std::string key, std::string value) {
    bytes_ += key.size() + value.size();
    operations_.push_back({std::move(key), std::move(value)});
  }
  void remove(std::string key) {
    bytes_ += key.size();
    operations_.push_back({std::move(key), std::nullopt});
  }
  bool is_empty() const { return operations_.empty(); }
  /// Of keys and values. At most 1 MiB, in at most 65,536 operations, may be committed at once.
  std::size_t byte_count() const { return bytes_; }
  const std::vector<Operation>& operations() const { return operations_; }

  static constexpr std::size_t kBytesMax = 1024 * 1024;
  static constexpr std::size_t kOperationsMax = 65'536;

 private:
  std::vector<Operation> operations_;
  std::size_t bytes_ = 0;
};

/// The store of one owned unit, as its service sees it: a RocksDB on this node's disk, whose writes
/// also enter the unit's journal.
///
/// **Threads**: any, except that `done` runs on the node's loop. **Lifetime**: shared; once the
/// node has lost the unit every commit fails with `fenced`, and reads go on answering the last
/// state.
class Store {
 public:
  virtual ~Store() = default;

  virtual const UnitId& unit() const = 0;
  virtual Epoch epoch() const = 0;

  /// The newest committed value. Nothing if there is none. Errors: io, corrupted.
  virtual Result<std::optional<std::string>> get(std::string_view key) const = 0;

  /// Calls `visit(key, value)` in byte order from `begin` while it returns true and the key begins
  /// with `prefix`; a consistent picture of one moment. Errors: io, corrupted.
  virtual Result<void> scan(
      std::string_view prefix, std::string_view begin,
      const std::function<bool(std::string_view, std::string_view)>& visit) const = 0;

  using Committed = UniqueFunction<void(Result<Sequence>)>;
  /// Returns at once; commits of all threads are grouped, one sync for each group. `done` runs once
  /// on the loop: when the write survives what `durability` names, or with the reason why that is
  /// not known. Writes become visible to readers when they are locally durable.
  ///
  /// Errors: fenced (never in the journal: it was not written here, or another node has claimed the
  /// unit since), unknown_outcome (written here when the unit was lost, so it is in the journal or
  /// may enter it yet: retry with the owner, under the same request id), resource_exhausted (64 MiB
  /// wait, or the batch is over 1 MiB or 65,536 operations), io (the disk failed: as unknown),
  /// cancelled.
  virtual void commit(WriteBatch batch, Durability durability, Committed done) = 0;

  /// The newest sequence that survives `durability`.
  virtual Sequence durable_sequence(Durability durability) const = 0;
};

}  // namespace gossamer
