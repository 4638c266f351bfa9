#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "base/instant.hpp"
#include "gossamer/ids.hpp"
#include "gossamer/membership_options.hpp"
#include "membership/mechanisms.hpp"

namespace gossamer::membership {

/// 1000 x log10(n), rounded to the nearest, in integers only: every machine must give the same.
/// 0 for n of 0 and 1.
std::uint64_t log10_milli(std::uint64_t n);

/// How long a suspect has to show that it lives.
struct SuspicionTimes {
  Duration longest;  ///< Unconfirmed.
  Duration floor;    ///< When `confirmations` others have found it silent too.
  std::size_t confirmations = 0;

  /// longest - (longest - floor) x ln(C + 1) / ln(c + 1), for C of c confirmations.
  /// Source: Lifeguard (Dadgar 2017), section IV-B.
  Duration after(std::size_t confirmed) const;
};

/// For `live_count` members, this node among them:
///   floor suspicion_floor after min(2, live - 2) confirmations, longest 4 x T x max(1, log10 n);
///   Lifeguard's: floor 4 x T x max(1, log10 n), longest six times that;
///   plain SWIM's: 4 x T x max(1, log10 n), whatever others say, as memberlist has it.
SuspicionTimes suspicion_times(const MembershipOptions& options, const Mechanisms& mechanisms,
                               std::size_t live_count);

/// One member that may be dead. First it is a private matter of who found it silent and of a panel
/// that was asked; public is what a verdict has told everybody.
struct Suspicion {
  Incarnation incarnation = 0;
  Instant since{};
  bool is_public = false;
  bool is_own = false;             ///< It was silent to this node too.
  bool is_weak = false;            ///< Nobody was heard: it may be this node that is cut off.
  std::optional<NodeId> author{};  ///< Of the verdict that made it public.
  /// Who said that it is down, and is not known here yet: its word counts once it is.
  std::optional<NodeId> unknown_judge{};
  std::vector<NodeId> confirmers{};
  std::optional<Instant> confirmed_at{};  ///< When the last confirmation that was needed came.
  std::optional<Instant> limit{};         ///< A death was told: it has until then to answer.
  std::uint8_t panels = 0;                ///< How many were asked.
  std::uint8_t looks = 0;
  std::uint8_t damping = 1;  ///< One that comes and goes has so many times as long.

  static constexpr std::size_t kConfirmersMax = 8;
  /// Nobody else has said so.
  bool is_alone() const { return is_own && !author && confirmers.empty(); }
  /// False if it is known already, or enough are.
  bool confirm(const NodeId& by);
  /// When it ends, if nothing happens. Not before 0.7 x floor after the last confirmation: a stale
  /// suspicion that others' fresh ones confirm would end at once.
  Instant deadline(const SuspicionTimes& times) const;
};

}  // namespace gossamer::membership
