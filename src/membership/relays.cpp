#include "membership/relays.hpp"

#include "base/deadlines.hpp"

namespace gossamer::membership {
namespace {

constexpr std::size_t kRelaysMax = 256;

}  // namespace

Relays::Relays(const MembershipOptions& options, std::uint64_t seed)
    : timeout_(options.probe_timeout), sequences_(seed) {}

void Relays::on_request(Instant now, const Endpoint& requester, const PingRequest& request,
                        Outbox& outbox) {
  if (relays_.size() >= kRelaysMax) {
    outbox.push_back(gossip::Trace{"membership: too many pings for others"});
    return;
  }
  const std::uint64_t sequence = sequences_.next();
  relays_[sequence] = {request.target, requester, request.sequence, now + timeout_};
  outbox.push_back(Send{request.target_endpoint, false, Ping{sequence, request.target}});
}

bool Relays::on_ack(const NodeId& from, std::uint64_t sequence, Outbox& outbox) {
  const auto at = relays_.find(sequence);
  if (at == relays_.end() || at->second.target != from) return false;
  outbox.push_back(Send{at->second.requester, false, Ack{at->second.requester_sequence}});
  relays_.erase(at);
  return true;
}

void Relays::on_deadline(Instant now, Outbox& outbox) {
  for (auto at = relays_.begin(); at != relays_.end();) {
    Relay& relay = at->second;
    if (relay.next_step > now) {
      ++at;
    } else if (relay.has_nacked) {
      at = relays_.erase(at);
    } else {
      outbox.push_back(Send{relay.requester, false, Nack{relay.requester_sequence}});
      relay.has_nacked = true;
      relay.next_step = now + timeout_;
      ++at;
    }
  }
}

std::optional<Instant> Relays::next_deadline() const {
  std::optional<Instant> deadline;
  for (const auto& [sequence, relay] : relays_) earlier(deadline, relay.next_step);
  return deadline;
}

}  // namespace gossamer::membership
