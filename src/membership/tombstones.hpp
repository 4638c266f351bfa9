#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "base/deadlines.hpp"
#include "base/instant.hpp"
#include "gossamer/ids.hpp"

namespace gossamer::membership {

/// Members that are down or left: told of for half of tombstone_time, held for all of it. After
/// that only their last incarnation is remembered, so that old news does not bring them back.
class Tombstones {
 public:
  /// `remembered_max`: beyond it the first remembered is the first to go.
  Tombstones(Duration tombstone_time, std::size_t remembered_max);

  void bury(Instant now, const NodeId& id);
  /// It lives.
  void raise(const NodeId& id);
  bool is_buried(const NodeId& id) const { return forgets_.is_set(id); }
  /// Buried, and told of no more.
  bool is_hushed(const NodeId& id) const { return is_buried(id) && !hushes_.is_set(id); }

  std::vector<NodeId> take_hushed(Instant now) { return hushes_.take_due(now); }
  std::vector<NodeId> take_forgotten(Instant now) { return forgets_.take_due(now); }
  std::optional<Instant> next_deadline() const;
  /// Of those that are buried, who has been for longest.
  std::optional<NodeId> oldest() const { return forgets_.first(); }

  void remember(const NodeId& id, Incarnation incarnation);
  std::optional<Incarnation> remembered(const NodeId& id) const;
  void stop_remembering(const NodeId& id);
  /// It was forgotten before its time, so others tell of it still: that is no reason to ask it.
  void note_gave_way(Instant now, const NodeId& id);
  /// It spoke itself, so it is alive, whatever we remember.
  void note_heard(const NodeId& id);
  bool was_heard(const NodeId& id) const;
  /// True once in each `gap` and id, and not in the first after it gave way: whether to ask a
  /// remembered one if it lives after all.
  bool may_ask(Instant now, const NodeId& id, Duration gap);

 private:
  struct Memory {
    Incarnation incarnation = 0;
    std::uint64_t order = 0;
    std::optional<Instant> asked_at{};
    bool was_heard = false;
  };

  Duration tombstone_time_;
  std::size_t remembered_max_;
  Deadlines<NodeId> hushes_;
  Deadlines<NodeId> forgets_;
  std::uint64_t next_order_ = 0;
  std::map<NodeId, Memory> memories_;
  std::map<std::uint64_t, NodeId> by_order_;
};

}  // namespace gossamer::membership
