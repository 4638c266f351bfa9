#include "membership/probe_order.hpp"

#include <algorithm>

namespace gossamer::membership {

void ProbeOrder::add(const NodeId& id) {
  const std::size_t place = static_cast<std::size_t>(random_.below(round_.size() + 1));
  round_.insert(round_.begin() + static_cast<std::ptrdiff_t>(place), id);
  if (place < position_) ++position_;
}

void ProbeOrder::remove(const NodeId& id) {
  const auto at = std::find(round_.begin(), round_.end(), id);
  if (at == round_.end()) return;
  if (static_cast<std::size_t>(at - round_.begin()) < position_) --position_;
  round_.erase(at);
}

std::optional<NodeId> ProbeOrder::next() {
  if (round_.empty()) return std::nullopt;
  if (position_ >= round_.size()) {
    random_.shuffle(round_);
    position_ = 0;
  }
  return round_[position_++];
}

}  // namespace gossamer::membership
