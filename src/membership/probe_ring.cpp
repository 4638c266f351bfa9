#include "membership/probe_ring.hpp"

#include <algorithm>

#include "base/hash.hpp"

namespace gossamer::membership {
namespace {

// `count` x (hash / 2^64).
std::uint64_t share_of(std::uint64_t hash, std::uint64_t count) {
  __extension__ using Wide = unsigned __int128;
  return static_cast<std::uint64_t>((Wide{hash} * count) >> 64);
}

}  // namespace

void ProbeRing::add(const NodeId& id) {
  const auto at = std::lower_bound(ring_.begin(), ring_.end(), id);
  if (at == ring_.end() || *at != id) ring_.insert(at, id);
}

void ProbeRing::remove(const NodeId& id) {
  const auto at = std::lower_bound(ring_.begin(), ring_.end(), id);
  if (at != ring_.end() && *at == id && id != self_) ring_.erase(at);
}

bool ProbeRing::contains(const NodeId& id) const {
  return std::binary_search(ring_.begin(), ring_.end(), id);
}

const NodeId& ProbeRing::after(const NodeId& id, std::size_t steps) const {
  const auto at = std::lower_bound(ring_.begin(), ring_.end(), id);
  return ring_[(static_cast<std::size_t>(at - ring_.begin()) + steps) % ring_.size()];
}

std::optional<NodeId> ProbeRing::target_in(std::int64_t period) const {
  if (ring_.size() < 2) return std::nullopt;
  std::uint8_t bytes[8];
  for (int i = 0; i < 8; ++i) {
    bytes[i] = static_cast<std::uint8_t>(static_cast<std::uint64_t>(period) >> (8 * i));
  }
  const std::uint64_t stride = share_of(hash64(ByteView{bytes}), ring_.size() - 1);
  return after(self_, 1 + static_cast<std::size_t>(stride));
}

Duration ProbeRing::phase_of(const NodeId& id, Duration period) {
  const std::uint64_t share =
      share_of(hash64(ByteView{id.bytes}), static_cast<std::uint64_t>(period.count()));
  return Duration{static_cast<Duration::rep>(share)};
}

}  // namespace gossamer::membership
