#include "sim/liar.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/counter.hpp"
#include "wire/packet.hpp"
#include "wire/statement.hpp"

namespace gossamer::sim {
namespace {

/// No journal of a run grows so long: what is said to lie there will never be true by chance.
constexpr std::uint64_t kFarSlot = 1U << 30;

}  // namespace

Liar::Liar(World& world, const std::vector<std::unique_ptr<SimHost>>& hosts, std::uint64_t seed)
    : world_(world), hosts_(hosts), random_(seed) {
  std::array<std::uint8_t, wire::Identity::kSeedBytes> key_seed{};
  for (std::uint8_t& byte : key_seed) byte = static_cast<std::uint8_t>(random_.below(256));
  own_ = wire::Identity::from_seed(key_seed);
}

wire::Identity Liar::draw_identity() {
  if (random_.chance(2, 3)) return own_;
  return hosts_[random_.below(hosts_.size())]->identity();
}

// Epochs that outbid everybody, or only the next owners, or that are another's.
ownership::ClaimAnnouncement Liar::draw_claim(const NodeId& author) {
  ownership::ClaimAnnouncement claim;
  claim.unit = {world_.scenario.spec.name,
                static_cast<std::uint32_t>(random_.below(world_.scenario.spec.instances + 1))};
  claim.owner = author;
  Epoch highest = 0;
  for (const auto& host : hosts_) {
    if (!host->is_running()) continue;
    for (const auto& status : host->driver()->units()) {
      if (status.unit == claim.unit) highest = std::max(highest, status.epoch);
    }
  }
  switch (random_.below(3)) {
    case 0: claim.epoch = kCounterMax - random_.below(3); break;
    case 1: claim.epoch = highest + 1 + random_.below(3); break;
    default: claim.epoch = std::max<Epoch>(highest, 1); break;
  }
  claim.slot = random_.chance(1, 3) ? 0 : random_.chance(1, 2) ? 1 : kFarSlot + random_.below(1000);
  return claim;
}

std::string Liar::lie() {
  const wire::Identity identity = draw_identity();
  const ownership::ClaimAnnouncement claim = draw_claim(identity.id());
  wire::Packet packet{gossip::Message{gossip::Rumours{}}, {}};
  packet.statements.push_back(std::make_shared<const Bytes>(wire::sign_statement(identity, claim)));
  const Bytes payload = wire::encode_packet(packet);
  for (const auto& host : hosts_) {
    if (!host->is_running() || !random_.chance(1, 2)) continue;
    wire::Sealer sealer{simulated_key(), std::string{kSimulatedCluster}, identity.id(),
                        random_.next() + ++frames_};
    host->on_network_datagram({"10.255.0.1", 7946},
                              sealer.seal(payload, true_wall_ms(world_.queue)));
  }
  world_.witness.on_lie(claim.unit, identity.id());
  return fmt::format("{} claims falsely to own {} in epoch {}, slot {}",
                     to_short_string(identity.id()), to_string(claim.unit), claim.epoch,
                     claim.slot);
}

}  // namespace gossamer::sim
