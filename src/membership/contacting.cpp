#include "membership/contacting.hpp"

#include <algorithm>
#include <utility>

#include "base/deadlines.hpp"

namespace gossamer::membership {
namespace {

constexpr std::size_t kQueueMax = 1024;
constexpr std::size_t kContactsAtOnce = 16;
constexpr Duration kPause = std::chrono::milliseconds{10};
// Seeds just learnt may be starting in this moment, with us: a fleet boots at once. Whoever finds
// only a few of it, and waited a whole interval for the rest, would keep the fleet in pieces.
constexpr Duration kFirstGap = std::chrono::milliseconds{200};

}  // namespace

Contacting::Contacting(const MembershipOptions& options, const Endpoint& self, std::uint64_t seed)
    : reconnect_interval_(options.reconnect_interval),
      self_(self),
      random_(seed),
      gap_(std::min(kFirstGap, reconnect_interval_)) {}

void Contacting::start(Instant now, const MemberTable& table, Outbox& outbox) {
  is_started_ = true;
  next_retry_ = now;
  on_deadline(now, table, outbox);
}

void Contacting::stop() {
  is_started_ = false;
  queue_.clear();
  queued_.clear();
  next_retry_.reset();
  next_send_.reset();
}

void Contacting::on_seeds(Instant now, const std::vector<Endpoint>& seeds, const MemberTable& table,
                          Outbox& outbox) {
  for (const Endpoint& seed : seeds) {
    if (seed.address.empty() || seed.port == 0 || seed == self_) continue;
    const auto at = std::find(seeds_.begin(), seeds_.end(), seed);
    if (at != seeds_.end()) {
      seeds_.erase(at);
    } else {
      hurry(now);
    }
    seeds_.push_back(seed);
    if (seeds_.size() > kSeedsMax) seeds_.pop_front();
    enqueue(now, {seed});
  }
  if (is_started_) send_some(now, table, outbox);
}

void Contacting::warn(Instant now, const NodeId& id, const Endpoint& endpoint) {
  enqueue(now, {endpoint, Reason::warning, id});
}

void Contacting::ask(Instant now, const Endpoint& endpoint) {
  enqueue(now, {endpoint, Reason::stranger});
}

void Contacting::enqueue(Instant now, Due due) {
  if (due.to == self_ || queue_.size() >= kQueueMax || !queued_.insert(due.to).second) return;
  queue_.push_back(std::move(due));
  if (!next_send_) next_send_ = now;
}

void Contacting::on_deadline(Instant now, const MemberTable& table, Outbox& outbox) {
  if (!is_started_) return;
  if (next_retry_ && *next_retry_ <= now) retry(now, table);
  if (next_send_ && *next_send_ <= now) send_some(now, table, outbox);
}

std::optional<Instant> Contacting::next_deadline() const {
  if (!is_started_) return std::nullopt;
  std::optional<Instant> deadline = next_send_;
  if (next_retry_ && !is_idle_) earlier(deadline, *next_retry_);
  return deadline;
}

void Contacting::retry(Instant now, const MemberTable& table) {
  std::size_t asked = 0;
  for (std::size_t i = 0; i < seeds_.size() && asked < kContactsAtOnce; ++i) {
    if (next_seed_ >= seeds_.size()) next_seed_ = 0;
    const Endpoint& seed = seeds_[next_seed_++];
    if (table.is_live_endpoint(seed)) continue;
    enqueue(now, {seed});
    ++asked;
  }
  const std::vector<NodeId> down = table.down();
  if (!down.empty()) {
    const NodeId& id = down[static_cast<std::size_t>(random_.below(down.size()))];
    warn(now, id, table.find(id)->member->endpoint);
  }

  // In company probes wake the node often enough to see in time that this has changed.
  is_idle_ = asked == 0 && down.empty() && table.live_count() > 1;
  const Duration gap = std::exchange(gap_, std::min(gap_ * 2, reconnect_interval_));
  next_retry_ = now + gap * random_.between(75, 125) / 100;
}

void Contacting::hurry(Instant now) {
  gap_ = std::min(kFirstGap, reconnect_interval_);
  is_idle_ = false;
  if (next_retry_) next_retry_ = std::min(*next_retry_, now + gap_);
}

void Contacting::send_some(Instant now, const MemberTable& table, Outbox& outbox) {
  std::size_t sent = 0;
  while (!queue_.empty() && sent < kContactsAtOnce) {
    const Due due = std::move(queue_.front());
    queue_.pop_front();
    queued_.erase(due.to);
    if (!is_worth_it(due, table)) continue;
    outbox.push_back(Contact{due.to, due.id});
    ++sent;
  }
  next_send_.reset();
  if (!queue_.empty()) next_send_ = now + kPause;
}

bool Contacting::is_worth_it(const Due& due, const MemberTable& table) const {
  if (due.reason == Reason::seed) return !table.is_live_endpoint(due.to);
  if (due.reason == Reason::stranger) return true;
  const MemberTable::Held* held = table.find(due.id);
  return held != nullptr &&
         (held->member->state == MemberState::suspect || held->member->state == MemberState::down);
}

}  // namespace gossamer::membership
