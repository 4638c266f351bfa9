#include "membership/probe_ring.hpp"

#include "base/hash.hpp"

namespace gossamer::membership {
namespace {

// `count` x (hash / 2^64).
std::uint64_t share_of(std::uint64_t hash, std::uint64_t count) {
  __extension__ using Wide = unsigned __int128;
  return static_cast<std::uint64_t>((Wide{hash} * count) >> 64);
}

}  // namespace

bool ProbeRing::add(const NodeId& id) {
  return ring_.add(id);
}

bool ProbeRing::remove(const NodeId& id) {
  return id != self_ && ring_.remove(id);
}

bool ProbeRing::contains(const NodeId& id) const {
  return ring_.contains(id);
}

const NodeId& ProbeRing::after(const NodeId& id, std::size_t steps) const {
  return ring_.at((ring_.index_of(ring_.lower_bound(id)) + steps) % ring_.size());
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
