#pragma once

#include <cstdint>

#include "sim/figures.hpp"

namespace gossamer::sim {

/// Packets between two moments, and how many nodes ran for how long.
struct Traffic {
  std::uint64_t datagrams = 0;
  std::uint64_t bytes = 0;  ///< Of datagrams.
  std::uint64_t frames = 0;
  double node_seconds = 0;

  void add(const Traffic& other);
  double packets_per_node_second() const;
  double bytes_per_node_second() const;
};

/// What runs of the detection study measured. Adds up over seeds.
struct DetectionFigures {
  // Of crashes: one value for each crash.
  Durations first_down{};  ///< Until the first survivor held it down.
  Durations all_down{};    ///< Until the last healthy survivor did.
  Durations each_down{};   ///< One value for each crash and healthy survivor.
  std::uint64_t crashes = 0;
  std::uint64_t undetected = 0;  ///< Not down everywhere within the scenario's time.
  double burst_packets = 0;      ///< Sent beyond the steady rate, for each node that ran.

  // Of living members.
  std::uint64_t false_downs = 0;             ///< Of healthy members, at any observer.
  std::uint64_t false_downs_at_healthy = 0;  ///< Of these, at observers that were healthy too.
  std::uint64_t victims = 0;                 ///< Healthy members that anybody held down.
  std::uint64_t afflicted_downs = 0;         ///< Of blocked, mute or deaf ones.
  std::uint64_t suspicions = 0;              ///< Of healthy members, at any observer.

  std::uint64_t stalls = 0;
  std::uint64_t stalls_down = 0;  ///< After which somebody held the stalled node down.
  std::uint64_t afflicted = 0;
  std::uint64_t state_changes = 0;  ///< Of afflicted nodes, up or down, at each healthy observer.
  std::uint64_t state_changes_max = 0;  ///< Of one afflicted node at one observer.
  std::uint64_t afflicted_views = 0;    ///< Afflicted nodes times healthy observers.
  std::uint64_t observers = 0;
  std::uint64_t down_events = 0;      ///< MembersDown that users were told of.
  std::uint64_t down_events_max = 0;  ///< At one observer.
  std::uint64_t live_excess_max = 0;  ///< Members held live beyond the nodes that there are.
  Durations live_excess{};            ///< How long an observer held too many live.
  std::uint64_t restarts = 0;
  Durations pair_down{};    ///< A split, until one node of one side held one of the other down.
  Durations split_known{};  ///< The same for the last pair.
  Durations healed{};       ///< The end of a split, until all had one view.
  double disagreement = 0;  ///< Summed shares of living members that views lacked, at each crash.

  Durations joined{};  ///< A join, from the last node's start until all know all.
  Traffic joining{};   ///< Until then.
  Traffic steady{};
  Traffic measured{};
  std::uint64_t events = 0;
  std::uint64_t verified = 0;  ///< Signatures of statements.

  void add(const DetectionFigures& other);
};

}  // namespace gossamer::sim
