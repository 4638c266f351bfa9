#pragma once

#include <deque>
#include <memory>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "base/random.hpp"
#include "objects/data_keys.hpp"
#include "ports/clock.hpp"

namespace gossamer::objects {

/// Sees to it that a store's data key lies in it under every cluster key of the ring, for however
/// long that takes: what failed is tried again, after a while that grows to kGapMax. One request is
/// under way at a time, and nodes that fail together do not come back together.
///
/// **Threads**: the loop thread only. **Lifetime**: `objects` and `clock` outlive it; no callback
/// comes once it is destroyed.
class WrappingKeeper {
 public:
  static constexpr Duration kFirstGap = std::chrono::seconds{5};
  static constexpr Duration kGapMax = std::chrono::minutes{10};

  struct Place {
    std::string cluster{};
    std::string store_id{};  ///< What the store's cluster-id says.
    wire::DataKey data_key{};
  };
  struct Callbacks {
    UniqueFunction<wire::WrapNonce()> draw_nonce;
    /// Call on_due then; replaces what was asked for before.
    UniqueFunction<void(Instant)> wake_at;
    /// The first failure under this cluster key since the ring changed.
    UniqueFunction<void(std::uint32_t key_id, const Error&)> on_failed;
    /// Of one that had failed.
    UniqueFunction<void(std::uint32_t key_id)> on_mended;
  };

  WrappingKeeper(ObjectStore& objects, Clock& clock, Place place, Callbacks callbacks,
                 std::uint64_t seed);

  /// The ring is this now, the primary first. All of it is looked after anew.
  void on_ring(std::span<const wire::ClusterKey> keys);
  void on_due();

 private:
  void try_next();
  void on_answer(std::uint64_t round, const wire::ClusterKey& under, const Result<void>& wrapped);
  void rest();

  ObjectStore& objects_;
  Clock& clock_;
  const Place place_;
  Callbacks callbacks_;
  Random random_;
  std::deque<wire::ClusterKey> to_try_{};
  std::vector<wire::ClusterKey> failed_{};
  std::set<std::uint32_t>
      told_{};  ///< That failed since the ring changed, and have not been mended.
  Duration gap_ = kFirstGap;
  std::uint64_t ring_number_ = 0;
  bool is_under_way_ = false;
  std::shared_ptr<WrappingKeeper*> self_ = std::make_shared<WrappingKeeper*>(this);
};

}  // namespace gossamer::objects
