#pragma once

#include <optional>

#include "base/instant.hpp"
#include "base/sorted_chunks.hpp"
#include "membership/membership.hpp"

namespace gossamer::membership {

/// Gathers who came up and who went down, so that many deaths are few events. The first is told
/// after a moment; deaths soon after it wait for each other, for those who die together are found
/// dead within a probe period, not at once. Who did both before it was told is not mentioned.
class EventWindow {
 public:
  /// `gathering`: how long after one event of deaths the next may come.
  explicit EventWindow(Duration gathering) : gathering_(gathering) {}

  void up(Instant now, const NodeId& id);
  void down(Instant now, const NodeId& id);
  /// Nobody has been told yet that it is up.
  bool is_unannounced(const NodeId& id) const { return ups_.contains(id); }
  enum class Untold { nothing, up, down };
  /// It left: nothing of it is gathered any more. Returns what nobody has been told of.
  Untold withdraw(const NodeId& id);
  void on_deadline(Instant now, const MemberView& members, Outbox& outbox);
  std::optional<Instant> next_deadline() const;

 private:
  Duration gathering_;
  SortedChunks<NodeId> ups_;
  SortedChunks<NodeId> downs_;
  std::optional<Instant> tell_ups_at_;
  std::optional<Instant> tell_downs_at_;
  std::optional<Instant> downs_told_at_;
};

}  // namespace gossamer::membership
