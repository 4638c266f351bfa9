#pragma once

#include <array>
#include <cstdint>

#include "wire/frame.hpp"

namespace gossamer::driver {

/// What happened, counted since the start. Plain numbers, read on the loop.
struct Counters {
  std::uint64_t datagrams_in = 0, datagrams_out = 0;
  std::uint64_t datagram_bytes_in = 0, datagram_bytes_out = 0;
  std::uint64_t frames_in = 0, frames_out = 0;
  std::uint64_t frame_bytes_in = 0, frame_bytes_out = 0;
  std::array<std::uint64_t, wire::kFrameRejectCount> frame_rejects{};
  std::uint64_t packets_malformed = 0;  ///< Sealed with our key, yet not readable.
  std::uint64_t statements_malformed = 0;
  std::uint64_t packets_over_bound = 0;  ///< Large ones, when as many are being read as may be.
  std::uint64_t statements_forged = 0;   ///< Signature did not hold.
  std::uint64_t statements_verified = 0;
  std::uint64_t statements_refused = 0;  ///< An engine did not want them.
  /// Claims announced, and epochs of records, that the journal does not bear out. Their authors
  /// lied.
  std::uint64_t claims_refuted = 0;
  std::uint64_t specs_refuted = 0;  ///< Announcements of specs that the object store does not have.
  std::uint64_t admissions_verified = 0;  ///< Signatures of authorities: once for each admission.
  std::uint64_t statements_unadmitted =
      0;                                 ///< Their author is not admitted, or not known to be yet.
  std::uint64_t packets_unadmitted = 0;  ///< So it was with their sender: dropped.
  std::uint64_t announcements_over_bound =
      0;  ///< Of specs and claims; refused, and counted there too.
  std::uint64_t carried_over_bound =
      0;  ///< Entries of later versions; refused, and counted there too.
  std::uint64_t turns = 0;
  std::uint64_t stalls = 0;
  std::uint64_t appends_refused =
      0;  ///< Stopped by fencing: attempts and claims that met a newer claim.
  std::uint64_t objects_requests = 0;
  /// Entries, manifests and specs that were read and whose seal did not hold: damaged, or by
  /// somebody without the data key. One that is looked at again counts again.
  std::uint64_t objects_forged = 0;
};

}  // namespace gossamer::driver
