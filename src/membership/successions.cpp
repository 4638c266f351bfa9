#include "membership/successions.hpp"

#include <iterator>

namespace gossamer::membership {

Successions::Successions(const MembershipOptions& options, std::uint64_t seed)
    : timeout_(options.probe_timeout), next_sequence_(Random{seed}.next()) {}

void Successions::ask(Instant now, const NodeId& heir, const Endpoint& endpoint, Outbox& outbox) {
  for (auto at = asked_.begin(); at != asked_.end();) {
    at = now >= at->second.at + timeout_ ? asked_.erase(at) : std::next(at);
  }
  if (asked_.count(heir) == 1) return;
  if (asked_.size() >= kAskedMax) {
    outbox.push_back(gossip::Trace{"membership: too many heirs at once"});
    return;
  }
  asked_[heir] = {next_sequence_, now};
  outbox.push_back(Send{endpoint, false, Ping{next_sequence_++, heir}});
}

bool Successions::on_ack(Instant now, const NodeId& from, std::uint64_t sequence) {
  const auto at = asked_.find(from);
  if (at == asked_.end() || at->second.sequence != sequence) return false;
  const bool is_in_time = now < at->second.at + timeout_;
  asked_.erase(at);
  return is_in_time;
}

}  // namespace gossamer::membership
