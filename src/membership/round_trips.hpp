#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>

#include "base/instant.hpp"

namespace gossamer::membership {

/// No answer is given longer. One that takes longer is no measure of the way: somebody stood still.
constexpr Duration kAnswerTimeMax = std::chrono::milliseconds{500};

/// A smoothed round trip and how much it varies. 8 bytes, for there is one for each member.
/// Source: Jacobson 1988, as RFC 6298 has it, in integers.
struct RoundTrip {
  std::uint32_t smoothed_us = 0;  ///< 0: none was measured.
  std::uint32_t variation_us = 0;

  bool is_known() const { return smoothed_us != 0; }
  void note(Duration measured);
  std::optional<Duration> smoothed() const;
};

/// The slowest answer of late, for what a member may take that was never measured: in a cluster of
/// several regions no mean says that. Forgotten by a 64th with each that is measured.
struct SlowestAnswer {
  Duration taken{};  ///< 0: none was measured.

  void note(Duration measured) { taken = std::max({measured, taken - taken / 64, Duration{1}}); }
};

/// How long to wait for an answer: smoothed + 4 x variation, at least `floor`, at most the larger
/// of `floor` and kAnswerTimeMax. Of a member that was never measured: the slowest answer and a
/// quarter. Where nobody was: the most.
Duration answer_timeout(const RoundTrip& member, const SlowestAnswer& slowest, Duration floor);

}  // namespace gossamer::membership
