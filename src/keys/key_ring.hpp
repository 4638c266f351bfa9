#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace gossamer::keys {

constexpr std::size_t kClusterKeyBytes = 32;

/// A secret that all nodes of a cluster share.
struct ClusterKey {
  std::array<std::uint8_t, kClusterKeyBytes> bytes{};
  /// First 4 bytes of its BLAKE2b hash: tells keys apart without telling the key.
  std::uint32_t id() const;

  friend bool operator==(const ClusterKey&, const ClusterKey&) = default;
};

/// The keys of a cluster: its nodes open what is sealed with any of them, and seal with the first,
/// the primary.
class KeyRing {
 public:
  static constexpr std::size_t kKeysMax = 8;

  /// Empty: of no cluster.
  KeyRing() = default;
  explicit KeyRing(const ClusterKey& primary) : keys_{primary} {}
  /// Nothing to be had of more than kKeysMax keys, of none, or of two with one id.
  static bool is_acceptable(const std::vector<ClusterKey>& keys);
  /// Requires: acceptable. The first is the primary.
  explicit KeyRing(std::vector<ClusterKey> keys);

  const std::vector<ClusterKey>& keys() const { return keys_; }
  const ClusterKey& primary() const { return keys_.front(); }
  bool empty() const { return keys_.empty(); }
  /// Null if it is not there.
  const ClusterKey* find(std::uint32_t id) const;
  /// The primary's first.
  std::vector<std::uint32_t> ids() const;

  friend bool operator==(const KeyRing&, const KeyRing&) = default;

 private:
  std::vector<ClusterKey> keys_;
};

/// What a node says of the cluster's keys, to all. The ring with the highest version is the
/// cluster's.
struct RingStatement {
  /// Nobody changes keys that often. Leaves room for the mark.
  static constexpr std::uint64_t kNumberMax = std::uint64_t{1} << 37;
  /// A ring this many changes ahead of what is held was made up, so as to be the last one. (Who has
  /// missed more, or a new node where keys were changed more often, needs a fresh key file.)
  static constexpr std::uint64_t kStepsMax = 65'536;

  std::uint64_t number = 0;  ///< Of this change; one more than that of the ring it was made from.
  KeyRing ring{};

  /// The number, then a mark of the keys: of two changes made of one ring at once all nodes keep
  /// the same one.
  std::uint64_t version() const;
  friend bool operator==(const RingStatement&, const RingStatement&) = default;
};

}  // namespace gossamer::keys
