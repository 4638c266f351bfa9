#include "membership/relays.hpp"

#include <algorithm>

#include "base/deadlines.hpp"

namespace gossamer::membership {

Relays::Relays(const MembershipOptions& options, std::uint64_t seed)
    : timeout_(options.probe_timeout), sequences_(seed) {}

void Relays::on_request(Instant now, const NodeId& requester, const Endpoint& endpoint,
                        const PingRequest& request, Duration answer_time, const MemberTable& table,
                        Outbox& outbox) {
  const MemberTable::Held* target = table.find(request.target);
  if (target == nullptr) {
    // "I am here": it is not to wait for that.
    outbox.push_back(gossip::Trace{"membership: ping for a stranger asked for"});
    outbox.push_back(Send{endpoint, false, Nack{request.sequence}});
    return;
  }
  const auto taken = std::count_if(relays_.begin(), relays_.end(), [&](const auto& entry) {
    return entry.second.requester == requester;
  });
  if (relays_.size() >= kRelaysMax || taken >= static_cast<std::ptrdiff_t>(kRelaysOfOne)) {
    outbox.push_back(gossip::Trace{"membership: too many pings for others"});
    return;
  }
  const std::uint64_t sequence = sequences_.next();
  relays_[sequence] = {request.target,   requester,   endpoint,
                       request.sequence, answer_time, now + timeout_};
  outbox.push_back(Send{target->member->endpoint, false, Ping{sequence, request.target}});
}

bool Relays::on_ack(const NodeId& from, std::uint64_t sequence, Outbox& outbox) {
  const auto at = relays_.find(sequence);
  if (at == relays_.end() || at->second.target != from) return false;
  outbox.push_back(Send{at->second.answer_to, false, Ack{at->second.requester_sequence}});
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
      outbox.push_back(Send{relay.answer_to, false, Nack{relay.requester_sequence}});
      relay.has_nacked = true;
      relay.next_step = now + relay.answer_time;
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
