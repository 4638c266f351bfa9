#include "membership/probe_cycle.hpp"

#include <algorithm>

#include "gossip/live_choice.hpp"

namespace gossamer::membership {
namespace {

// A node that hears nothing at all doubts itself first, this many probes long.
constexpr std::size_t kCutOffProbesMax = 4;

}  // namespace

ProbeCycle::ProbeCycle(const MembershipOptions& options, const NodeId& self, std::uint64_t seed)
    : options_(options), self_(self), random_(seed), next_sequence_(random_.next()) {}

void ProbeCycle::start(Instant now) {
  const Duration period = options_.probe_interval;
  next_period_ = now + Duration{random_.between(0, period.count())};
}

void ProbeCycle::stop() {
  next_period_.reset();
  probe_.reset();
  urgent_.clear();
}

void ProbeCycle::urge(Instant now, const NodeId& id) {
  if (!next_period_ || std::find(urgent_.begin(), urgent_.end(), id) != urgent_.end()) return;
  urgent_.push_back(id);
  urged_at_ = now;
}

std::optional<NodeId> ProbeCycle::on_ack(const NodeId& from, std::uint64_t sequence) {
  if (!probe_ || probe_->sequence != sequence) return std::nullopt;
  const NodeId target = probe_->target;
  const auto& helpers = probe_->helpers;
  if (from != target && std::find(helpers.begin(), helpers.end(), from) == helpers.end()) {
    return std::nullopt;
  }
  probe_.reset();
  cut_off_probes_ = 0;
  return target;
}

bool ProbeCycle::on_nack(const NodeId& from, std::uint64_t sequence) {
  if (!probe_ || probe_->sequence != sequence) return false;
  const auto& helpers = probe_->helpers;
  return std::find(helpers.begin(), helpers.end(), from) != helpers.end();
}

std::optional<NodeId> ProbeCycle::on_deadline(Instant now, const MemberTable& table,
                                              ProbeOrder& order, Outbox& outbox) {
  std::optional<NodeId> silent;
  if (probe_ && probe_->next_step <= now) {
    if (probe_->has_asked_others) {
      silent = conclude(table, outbox);
    } else {
      ask_others(now, table, outbox);
    }
  }
  if (!probe_) begin_urgent(now, table, outbox);
  if (next_period_ && *next_period_ <= now) {
    next_period_ = *next_period_ + options_.probe_interval;
    if (*next_period_ <= now) next_period_ = now + options_.probe_interval;
    // A late call may find the last probe unfinished. It gets its time; this period is skipped.
    if (!probe_) {
      if (const auto target = order.next()) begin(now, *target, table, outbox);
    }
  }
  return silent;
}

void ProbeCycle::on_stall(Duration gap) {
  probe_.reset();
  if (next_period_) next_period_ = *next_period_ + gap;
}

std::optional<Instant> ProbeCycle::next_deadline() const {
  if (!next_period_) return std::nullopt;
  if (probe_) return std::min(probe_->next_step, *next_period_);
  return urgent_.empty() ? *next_period_ : std::min(urged_at_, *next_period_);
}

void ProbeCycle::begin_urgent(Instant now, const MemberTable& table, Outbox& outbox) {
  while (!probe_ && !urgent_.empty()) {
    const NodeId target = urgent_.front();
    urgent_.pop_front();
    const MemberTable::Held* held = table.find(target);
    if (held != nullptr && held->is_live()) begin(now, target, table, outbox);
  }
}

void ProbeCycle::begin(Instant now, const NodeId& target, const MemberTable& table,
                       Outbox& outbox) {
  const MemberTable::Held* held = table.find(target);
  if (held == nullptr) return;
  probe_ = Probe{target, held->statement.endpoint, next_sequence_++, now + options_.probe_timeout};
  has_heard_ = false;
  ++counts_.begun;
  outbox.push_back(Send{probe_->endpoint, false, Ping{probe_->sequence, probe_->target}});
}

void ProbeCycle::ask_others(Instant now, const MemberTable& table, Outbox& outbox) {
  probe_->has_asked_others = true;
  ++counts_.late;
  // Counted from now, should we be late: those asked need their time.
  probe_->next_step = now + 2 * options_.probe_timeout;
  const auto helpers = gossip::choose_live(table.view(), options_.indirect_probe_count,
                                           {self_, probe_->target}, random_);
  for (const Member* helper : helpers) {
    probe_->helpers.push_back(helper->id);
    outbox.push_back(Send{helper->endpoint, false,
                          PingRequest{probe_->sequence, probe_->target, probe_->endpoint}});
  }
  // The second opinion: a network that drops datagrams may still carry streams.
  outbox.push_back(Send{probe_->endpoint, true, Ping{probe_->sequence, probe_->target}});
}

std::optional<NodeId> ProbeCycle::conclude(const MemberTable& table, Outbox& outbox) {
  const NodeId target = probe_->target;
  probe_.reset();
  ++counts_.silent;
  if (has_heard_) {
    cut_off_probes_ = 0;
    return target;
  }
  // Nothing came from anybody: it may be us. With one other member silence tells no more than
  // this, so there it counts at once.
  const bool has_witnesses = table.live_count() > 2;
  cut_off_probes_ = std::min(cut_off_probes_ + 1, kCutOffProbesMax + 1);
  if (has_witnesses && cut_off_probes_ <= kCutOffProbesMax) {
    outbox.push_back(gossip::Trace{"membership: cut off, nobody accused"});
    return std::nullopt;
  }
  return target;
}

}  // namespace gossamer::membership
