#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "fakecloud/key_ring.hpp"
#include "fakecloud/operation.hpp"

namespace gossamer::fakecloud {

/// Why a request is not believed.
struct Disbelief {
  enum class Reason : std::uint8_t {
    unsigned_request,
    malformed,
    wrong_region,
    unknown_key,
    wrong_signature,
    clock_skewed,  ///< Signed more than 15 minutes ago, or ahead.
    expired_token,
    wrong_token,
    expired_url,
    headers_not_signed,
  };
  Reason reason{};
  std::string detail{};
};

/// Judges the signature of `request`, in the Authorization header or in the query, from what came
/// over the wire alone. `now` is the service's clock. Nothing: it is good.
/// Source: "Signature Version 4 signing process", AWS General Reference.
std::optional<Disbelief> verify_signature(const Request& request, const Operation& operation,
                                          const std::string& region, const KeyRing& keys,
                                          aws::WallTime now);

}  // namespace gossamer::fakecloud
