#include "deliveries.hpp"

namespace gossamer::bench {

void Deliveries::expect(std::size_t nodes, std::size_t updates) {
  const std::lock_guard lock{mutex_};
  nodes_ = nodes;
  offered_.assign(updates, {});
  has_.assign(nodes * updates, false);
  latency_ms_.clear();
}

void Deliveries::offered(std::size_t id, SteadyTime when) {
  const std::lock_guard lock{mutex_};
  offered_[id] = when;
}

void Deliveries::arrived(std::size_t node, std::size_t id, SteadyTime when) {
  const std::lock_guard lock{mutex_};
  if (id >= offered_.size() || node >= nodes_ || has_[id * nodes_ + node]) return;
  has_[id * nodes_ + node] = true;
  latency_ms_.push_back(milliseconds_since(offered_[id], when));
}

std::size_t Deliveries::count() const {
  const std::lock_guard lock{mutex_};
  return latency_ms_.size();
}

std::size_t Deliveries::wanted() const {
  const std::lock_guard lock{mutex_};
  return has_.size();
}

void Deliveries::add_latency_to(Samples& samples) const {
  const std::lock_guard lock{mutex_};
  for (const double ms : latency_ms_) samples.add(ms);
}

}  // namespace gossamer::bench
