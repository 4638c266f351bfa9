#pragma once

#include <map>
#include <optional>

#include "base/instant.hpp"
#include "membership/membership.hpp"

namespace gossamer::membership {

/// Gathers who came up and who went down for a moment, so that many deaths are one event. Who did
/// both within the moment is not mentioned.
class EventWindow {
 public:
  void up(Instant now, const NodeId& id);
  void down(Instant now, const NodeId& id);
  /// Nobody has been told yet that it is up.
  bool is_unannounced(const NodeId& id) const;
  /// It left, or came and went: nothing to gather. True if its coming was still unannounced.
  bool withdraw(const NodeId& id);
  void on_deadline(Instant now, const MemberView& members, Outbox& outbox);
  std::optional<Instant> next_deadline() const { return closes_at_; }

 private:
  enum class Change : std::uint8_t { up, down };
  void note(Instant now, const NodeId& id, Change change);

  std::map<NodeId, Change> changes_;
  std::optional<Instant> closes_at_;
};

}  // namespace gossamer::membership
