#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "gossamer/bytes.hpp"
#include "gossamer/result.hpp"
#include "wire/frame.hpp"

namespace gossamer::wire {

constexpr std::size_t kDataKeyBytes = 32;

/// The secret under which what lies in one object store is sealed. Made once for each store.
struct DataKey {
  std::array<std::uint8_t, kDataKeyBytes> bytes{};
  bool operator==(const DataKey&) const = default;
};

/// Which store a data key is for. The key wrapped for one opens for no other.
struct DataKeyPlace {
  std::string_view cluster;
  std::string_view store_id;  ///< What the store's cluster-id says.
};

/// Random; used for one wrapping only.
using WrapNonce = std::array<std::uint8_t, 24>;

/// "gsk" and version, the cluster key's id (4), nonce (24), then the data key by XChaCha20-Poly1305
/// with its tag (48). The first eight bytes and the place are associated data.
constexpr std::size_t kWrappedDataKeyBytes = 80;

Bytes wrap_data_key(const DataKey& key, const ClusterKey& under, const DataKeyPlace& place,
                    const WrapNonce& nonce);
/// The id of the cluster key that `bytes` are wrapped under; nothing if they are no wrapped key.
std::optional<std::uint32_t> wrapping_key_id(ByteView bytes);
/// Errors: corrupted (no wrapped key; another cluster key, another place, or damage).
Result<DataKey> unwrap_data_key(ByteView bytes, const ClusterKey& under, const DataKeyPlace& place);

/// With what an object is sealed, and as what: its whole name in the store.
struct ObjectSeal {
  const DataKey& key;
  std::string_view name;
};

}  // namespace gossamer::wire
