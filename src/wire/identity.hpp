#pragma once

#include <array>
#include <cstdint>

#include "gossamer/bytes.hpp"
#include "gossamer/ids.hpp"

namespace gossamer::wire {

/// Ed25519.
using PublicKey = std::array<std::uint8_t, 32>;

/// Who a node is: an Ed25519 key pair. The NodeId is the BLAKE2b-128 hash of the public half.
class Identity {
 public:
  static constexpr std::size_t kSeedBytes = 32;
  /// The same seed gives the same identity. The caller draws and keeps the seed (0600).
  static Identity from_seed(std::span<const std::uint8_t, kSeedBytes> seed);

  const NodeId& id() const { return id_; }
  const PublicKey& public_key() const { return public_key_; }
  std::array<std::uint8_t, 64> sign(ByteView bytes) const;

 private:
  NodeId id_{};
  PublicKey public_key_{};
  std::array<std::uint8_t, 64> secret_key_{};
};

/// Whether it can be the public half of a pair: a point of the curve in its main subgroup. Of
/// random bytes, a secret given by mistake say, one in sixteen passes.
bool is_public_key(const PublicKey& key);

NodeId node_id_of(std::span<const std::uint8_t, 32> public_key);

}  // namespace gossamer::wire
