#include "membership/successions.hpp"

#include <algorithm>

namespace gossamer::membership {
namespace {

// A round trip may take so long, whatever is thought of who takes that long to answer a probe.
constexpr Duration kAnswerTime = std::chrono::milliseconds{500};

}  // namespace

Successions::Successions(const MembershipOptions& options, std::uint64_t seed)
    : gap_(options.probe_timeout), answer_time_(std::max(gap_, kAnswerTime)), sequences_(seed) {}

void Successions::expire(Instant now) {
  std::erase_if(asked_, [&](const auto& one) { return now >= one.second.at + answer_time_; });
}

void Successions::ask(Instant now, const NodeId& heir, const Endpoint& endpoint, Outbox& outbox) {
  expire(now);
  // Who is asked again is asked the same: the answer to either ping will do.
  const auto known = asked_.find(heir);
  if (known != asked_.end() && now < known->second.at + gap_) return;
  if (known == asked_.end() && asked_.size() >= kAskedMax) {
    outbox.push_back(gossip::Trace{"membership: too many heirs at once"});
    return;
  }
  Asked& asked = asked_[heir];
  if (known == asked_.end()) asked.sequence = sequences_.next();
  asked.at = now;
  outbox.push_back(Send{endpoint, false, Ping{asked.sequence, heir}});
}

bool Successions::on_ack(Instant now, const NodeId& from, std::uint64_t sequence) {
  const auto at = asked_.find(from);
  if (at == asked_.end() || at->second.sequence != sequence) return false;
  const bool is_in_time = now < at->second.at + answer_time_;
  asked_.erase(at);
  return is_in_time;
}

void Successions::wait(Instant now, const NodeId& heir) {
  waiting_[heir] = 0;
  steps_.set(heir, now);
}

void Successions::stop_waiting(const NodeId& heir) {
  if (waiting_.erase(heir) == 0) return;
  steps_.cancel(heir);
  asked_.erase(heir);
}

bool Successions::is_fresh(const NodeId& heir) const {
  const auto at = waiting_.find(heir);
  return at != waiting_.end() && at->second < kTimesAsked;
}

std::vector<NodeId> Successions::waiting() const {
  std::vector<NodeId> all;
  for (const auto& [id, times] : waiting_) all.push_back(id);
  return all;
}

std::vector<NodeId> Successions::take_due(Instant now) {
  expire(now);
  std::vector<NodeId> due;
  for (const NodeId& id : steps_.take_due(now)) {
    if (asked_.size() + due.size() >= kAskedMax && !asked_.contains(id)) {
      steps_.set(id, now + gap_);
      continue;
    }
    const int times = ++waiting_[id];
    if (times < kTimesAsked) steps_.set(id, now + gap_ * (1 << (times - 1)));
    due.push_back(id);
  }
  return due;
}

}  // namespace gossamer::membership
