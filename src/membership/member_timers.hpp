#pragma once

#include <map>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "base/instant.hpp"
#include "gossamer/ids.hpp"

namespace gossamer::membership {

/// At most one deadline for each member.
class MemberTimers {
 public:
  /// Replaces the member's earlier one.
  void set(const NodeId& id, Instant at);
  void cancel(const NodeId& id);
  bool is_set(const NodeId& id) const { return by_id_.count(id) == 1; }
  /// Those due, earliest first. They are no longer set.
  std::vector<NodeId> take_due(Instant now);
  void shift(Duration by);
  void clear();
  std::optional<Instant> next_deadline() const;

 private:
  std::map<NodeId, Instant> by_id_;
  std::set<std::pair<Instant, NodeId>> by_time_;
};

/// The earlier of the two into the first.
inline void earlier(std::optional<Instant>& deadline, std::optional<Instant> other) {
  if (other && (!deadline || *other < *deadline)) deadline = other;
}

}  // namespace gossamer::membership
