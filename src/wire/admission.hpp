#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "gossamer/bytes.hpp"
#include "gossamer/result.hpp"
#include "wire/identity.hpp"

namespace gossamer::wire {

/// An authority's word that a node may take part in a cluster. It names neither: its signature
/// covers both, so it is worth nothing to another node or in another cluster.
struct Admission {
  PublicKey authority{};
  std::uint64_t not_after_s = 0;  ///< Since 1970; it ends after this second. 0: never.
  std::array<std::uint8_t, 64> signature{};

  /// By a wall clock.
  bool has_ended(std::uint64_t wall_ms) const {
    return not_after_s != 0 && wall_ms / 1000 > not_after_s;
  }
  friend bool operator==(const Admission&, const Admission&) = default;
};

/// Version 1: a byte that says so, not_after_s, the authority's key, the signature.
constexpr std::size_t kAdmissionBytes = 1 + 8 + 32 + 64;

/// `authority`: the key pair that signs; `node`: who is admitted.
Admission sign_admission(const Identity& authority, const PublicKey& node, std::string_view cluster,
                         std::uint64_t not_after_s);

Bytes encode_admission(const Admission& admission);
/// Checks form only. Errors: corrupted, version_mismatch.
Result<Admission> decode_admission(ByteView bytes);

/// True if the authority that it names has signed it for this node and cluster. Costs 50 us.
bool verify_admission(const Admission& admission, const PublicKey& node, std::string_view cluster);

}  // namespace gossamer::wire
