#pragma once

#include <cstdint>
#include <optional>

#include "base/instant.hpp"

namespace gossamer::membership {

/// A smoothed round trip and how much it varies. 8 bytes, for there is one for each member.
/// Source: Jacobson 1988, as RFC 6298 has it, in integers.
struct RoundTrip {
  std::uint32_t smoothed_us = 0;  ///< 0: none was measured.
  std::uint32_t variation_us = 0;

  bool is_known() const { return smoothed_us != 0; }
  void note(Duration measured);
  std::optional<Duration> smoothed() const;
};

/// How long to wait for an answer: smoothed + 4 x variation, at least `floor`, at most the larger
/// of `floor` and 500 ms. Of a member that was never measured: by those that were. Of nobody: the
/// most.
Duration answer_timeout(const RoundTrip& member, const RoundTrip& anybody, Duration floor);

}  // namespace gossamer::membership
