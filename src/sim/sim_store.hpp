#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "gossamer/store.hpp"
#include "sim/store_image.hpp"

namespace gossamer::sim {

/// A commit that waits for its sync.
struct WaitingCommit {
  WriteBatch batch{};
  Durability durability = Durability::frozen;
  Store::Committed done{};
};

/// A unit's store while it is open, shared by the adapter and the service's handle.
struct OpenStore {
  UnitId unit{};
  Epoch epoch = 0;
  std::shared_ptr<StoreImage> image{};
  bool is_serving = false;
  bool is_closed = false;
  Error reason{};                        ///< Of the close.
  std::optional<Error> broken{};         ///< A write failed: no more is accepted.
  std::vector<WaitingCommit> waiting{};  ///< For the next group.
  std::size_t waiting_bytes = 0;
  std::size_t kept_bytes = 0;  ///< Of commits that are not known to be in the journal.
  bool is_syncing = false;     ///< A group is on its way to the disk.
  Sequence frozen = 0;         ///< Known to be in the journal.
};

/// The service's handle.
class SimStore final : public Store {
 public:
  /// Gives a commit to the adapter, which answers it, never from inside the call.
  using Submit = UniqueFunction<void(WaitingCommit)>;
  SimStore(std::shared_ptr<OpenStore> open, Submit submit)
      : open_(std::move(open)), submit_(std::move(submit)) {}

  const UnitId& unit() const override { return open_->unit; }
  Epoch epoch() const override { return open_->epoch; }
  Result<std::optional<std::string>> get(std::string_view key) const override;
  Result<void> scan(
      std::string_view prefix, std::string_view begin,
      const std::function<bool(std::string_view, std::string_view)>& visit) const override;
  void commit(WriteBatch batch, Durability durability, Committed done) override {
    submit_({std::move(batch), durability, std::move(done)});
  }
  Sequence durable_sequence(Durability durability) const override {
    return durability == Durability::local ? open_->image->sequence : open_->frozen;
  }

 private:
  Result<void> check_readable() const;

  std::shared_ptr<OpenStore> open_;
  Submit submit_;
};

}  // namespace gossamer::sim
