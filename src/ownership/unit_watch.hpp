#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "base/instant.hpp"
#include "gossamer/membership.hpp"

namespace gossamer::ownership {

constexpr Instant kLongAgo{Duration::min()};

/// A time in which a unit has no live owner, as seen from here.
struct Vacancy {
  Instant since{};
  /// The journal's tip when it was last looked at: whatever lies above was written since.
  std::optional<std::uint64_t> tip{};
  bool is_tip_fresh = false;  ///< False: look before claiming.
  bool is_busy = false;       ///< A claim found that somebody had written.
  bool may_take = false;      ///< The user said yes, just now.
  std::optional<Instant> hesitating_since{};
};

/// All that this node knows of one unit. Facts only: what follows from them is claim_timing's.
struct UnitWatch {
  // What the newest spec says.
  bool is_wanted = false;
  std::uint64_t spec_version = 0;
  Duration takeover_delay{0};
  Duration start_timeout{0};

  // Who owns it.
  bool is_known = false;  ///< `owner` was announced, or read at the tip; zero: nobody.
  Epoch epoch = 0;        ///< The highest heard of.
  NodeId owner{};
  bool is_mine = false;                 ///< Won by this process, and not stopped.
  Instant learned_at{};                 ///< When this owner became known, or came back.
  Epoch published = 0;                  ///< The highest epoch that naming holds a record of.
  std::uint64_t withdrawn_version = 0;  ///< Only a spec newer than this may be claimed for.
  NodeId told_owner{};                  ///< As in the last OwnershipChanged.
  Epoch told_epoch = 0;

  // On the way to a claim.
  std::optional<Vacancy> vacancy{};
  std::optional<Instant> observing_since{};
  std::optional<Instant> asking_since{};
  bool is_claiming = false;
  std::uint64_t claimed_version = 0;  ///< What the claim in flight is for.
  Instant observe_rest = kLongAgo;    ///< No look before this.
  Instant claim_rest = kLongAgo;      ///< No claim before this.
  std::uint32_t observe_failures = 0;
  std::uint32_t claim_failures = 0;
  std::uint32_t stranger_losses =
      0;  ///< Times that a node in no view of ours took it from this one.

  // Own place in the ranking, and for which views it was computed.
  std::optional<std::size_t> rank{};
  NodeId rank_excluded{};
  std::uint64_t rank_view = 0;
  std::uint64_t rank_losses = 0;

  bool is_withdrawn() const { return spec_version <= withdrawn_version; }
  bool is_published() const { return published >= epoch; }
};

}  // namespace gossamer::ownership
