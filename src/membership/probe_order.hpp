#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "base/random.hpp"
#include "gossamer/ids.hpp"

namespace gossamer::membership {

/// Whom to probe next: a shuffled round of all, shuffled anew after each. So every member is probed
/// within 2n - 1 periods, and nobody can be overlooked by chance. Source: SWIM (Das 2002), 4.3.
class ProbeOrder {
 public:
  explicit ProbeOrder(std::uint64_t seed) : random_(seed) {}

  /// At a random place of the round. Requires: not there yet.
  void add(const NodeId& id);
  void remove(const NodeId& id);
  /// Empty if there is nobody.
  std::optional<NodeId> next();
  std::size_t size() const { return round_.size(); }

 private:
  Random random_;
  std::vector<NodeId> round_;
  std::size_t position_ = 0;
};

}  // namespace gossamer::membership
