#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/instant.hpp"
#include "gossamer/result.hpp"
#include "keys/key_ring.hpp"

namespace gossamer::keys {

/// What a live member says of the keys that it holds, its primary first.
struct Holder {
  std::string name{};
  std::vector<std::uint32_t> key_ids{};
};

/// Which keys this node opens and seals with, and how the cluster comes from one key to the next
/// without losing a packet: a key is added, then used, then the old one is removed, and no step is
/// taken before every live member has taken the one before. What has been removed is opened for a
/// while yet, for what is on its way.
///
/// Pure: no clock, no I/O. **Threads**: none.
class Rotation {
 public:
  static constexpr Duration kRetirement = std::chrono::seconds{30};

  /// Begins with a ring that no statement has told: what the user gave.
  explicit Rotation(KeyRing given) : ring_(std::move(given)) {}
  /// With the ring that this node held when it last ran. `is_given_news`: the user has changed the
  /// key since. Then it is the primary, for he gives it to a node that was away while the keys were
  /// changed; until the cluster's ring is heard.
  Rotation(const KeyRing& given, bool is_given_news, const RingStatement& kept);

  /// A ring that somebody tells. True: it is newer, and from now on ours.
  bool on_ring(Instant now, const RingStatement& told);

  /// The ring after each step, for this node to tell. They change nothing here: on_ring does.
  /// Errors: already_exists, not_found, invalid_argument, resource_exhausted; unavailable (live
  /// members lack the step before; they are named).
  Result<RingStatement> with(const ClusterKey& key) const;
  Result<RingStatement> with_primary(std::uint32_t id, const std::vector<Holder>& live) const;
  Result<RingStatement> without(std::uint32_t id, const std::vector<Holder>& live) const;

  const KeyRing& ring() const { return ring_; }
  /// Those of the ring, and those that were removed a short while ago.
  std::vector<ClusterKey> openable() const;
  /// Forgets what was removed long enough ago. True: openable() changed.
  bool on_deadline(Instant now);
  std::optional<Instant> next_deadline() const;

 private:
  struct Retired {
    ClusterKey key;
    Instant until;
  };
  std::uint64_t version_ = 0;  ///< Of the newest statement; 0: none was heard.
  std::uint64_t number_ = 0;
  KeyRing ring_;
  std::vector<Retired> retired_{};  ///< kKeysMax at most, the newest last.
};

}  // namespace gossamer::keys
