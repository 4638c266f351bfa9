#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "base/instant.hpp"
#include "base/sorted_chunks.hpp"
#include "gossamer/ids.hpp"

namespace gossamer::membership {

/// Whom to probe in which period, and when in it. All live members stand in one ring, by id; in
/// each period everybody probes the one that stands a stride away, the same for all: so each member
/// is probed exactly once where views agree, and at its own phase, so at even spacing. The stride
/// is a fraction of the ring, not a number of places, so that views that differ by a member still
/// agree on it.
class ProbeRing {
 public:
  explicit ProbeRing(const NodeId& self) : self_(self) { ring_.insert(self); }

  /// False: it stands there already.
  bool add(const NodeId& id);
  /// False: it does not stand there, or is this node.
  bool remove(const NodeId& id);
  /// Nobody, if there is nobody else.
  std::optional<NodeId> target_in(std::int64_t period) const;
  /// When in a period it is probed: from 0 up to `period`.
  static Duration phase_of(const NodeId& id, Duration period);
  std::size_t size() const { return ring_.size(); }
  bool contains(const NodeId& id) const;
  /// The one `steps` places after `id`, which need not stand in it.
  const NodeId& after(const NodeId& id, std::size_t steps) const;
  const SortedChunks<NodeId>& ids() const { return ring_; }

 private:
  NodeId self_;
  SortedChunks<NodeId> ring_{};  ///< This node among them.
};

}  // namespace gossamer::membership
