#include "membership/inquiries.hpp"

#include <algorithm>
#include <iterator>
#include <limits>

#include "base/deadlines.hpp"
#include "gossip/live_choice.hpp"

namespace gossamer::membership {
namespace {

constexpr std::size_t kHelpersOfCheck = 1;
constexpr std::size_t kHelpersOfLook = 2;
// An answer may come so long after it was asked for.
constexpr Duration kOverdueMax = std::chrono::seconds{3};

}  // namespace

Inquiries::Inquiries(const Options& options, const NodeId& self, std::uint64_t seed)
    : options_(options), self_(self), random_(seed), sequences_(random_.next()) {}

std::uint8_t Inquiries::steps_of(Purpose purpose) {
  switch (purpose) {
    case Purpose::probe: return 3;
    case Purpose::check: return 2;
    case Purpose::look: return 2;
    case Purpose::touch: return 1;
  }
  return 1;
}

// Each step has its `timeout`, the last one too.
Instant Inquiries::next_step(const Inquiry& inquiry) {
  return inquiry.begun + inquiry.timeout * inquiry.steps;
}

void Inquiries::begin(Instant now, const NodeId& target, Purpose purpose, Duration timeout,
                      const Greeting& greeting, const MemberTable& table, Outbox& outbox) {
  const MemberTable::Held* held = table.find(target);
  if (held == nullptr || is_asking(target, purpose)) return;
  // What others have us look into must not keep us from looking ourselves.
  const std::size_t most = purpose == Purpose::probe ? kInquiriesMax : kInquiriesMax * 3 / 4;
  if (inquiries_.size() >= most) {
    outbox.push_back(gossip::Trace{"membership: too many members asked at once"});
    return;
  }
  // Its numbers must not go round zero.
  const std::uint64_t sequence =
      std::min(sequences_.next(), std::numeric_limits<std::uint64_t>::max() - kNumbers);
  Inquiry& inquiry = inquiries_[sequence];
  inquiry = {target, held->member->endpoint, purpose, now, timeout, heard_};
  if (purpose == Purpose::probe) ++counts_.begun;
  step(now, sequence, inquiry, greeting, table, outbox);
}

bool Inquiries::is_asking(const NodeId& target, Purpose purpose) const {
  return std::any_of(inquiries_.begin(), inquiries_.end(), [&](const auto& entry) {
    return entry.second.target == target && entry.second.purpose == purpose;
  });
}

void Inquiries::step(Instant now, std::uint64_t sequence, Inquiry& inquiry,
                     const Greeting& greeting, const MemberTable& table, Outbox& outbox) {
  const std::uint8_t number = inquiry.steps++;
  const bool is_probe = inquiry.purpose == Purpose::probe;
  const bool pings = number == 0 || (inquiry.purpose != Purpose::look && options_.has_second_ping);
  if (pings) {
    inquiry.pinged_at[number] = now;
    outbox.push_back(
        Send{inquiry.endpoint, false, Ping{sequence + number, inquiry.target, greeting}});
  }
  if (number == 0) {
    if (inquiry.purpose == Purpose::check) {
      ask_helpers(sequence, inquiry, kHelpersOfCheck, table, outbox);
    } else if (inquiry.purpose == Purpose::look) {
      ask_helpers(sequence, inquiry, kHelpersOfLook, table, outbox);
    }
    return;
  }
  if (!is_probe) return;
  if (number == 1) ++counts_.late;
  if (number == 1 || options_.has_second_ping) {
    ask_helpers(sequence, inquiry, options_.helpers, table, outbox);
    if (number == 1) inquiry.nacks_due = static_cast<std::uint8_t>(inquiry.helpers.size());
  }
  // A network that drops datagrams may still carry streams.
  if (number == 1 && options_.has_streams) {
    outbox.push_back(
        Send{inquiry.endpoint, true, Ping{sequence + kStreamNumber, inquiry.target, greeting}});
  }
}

// Others than before, as long as there are any; in small clusters exactly those that there are.
void Inquiries::ask_helpers(std::uint64_t sequence, Inquiry& inquiry, std::size_t count,
                            const MemberTable& table, Outbox& outbox) {
  std::vector<NodeId> except = inquiry.helpers;
  except.push_back(self_);
  except.push_back(inquiry.target);
  auto chosen = gossip::choose_live(table.view(), count, except, random_);
  if (chosen.empty()) {
    chosen = gossip::choose_live(table.view(), count, {self_, inquiry.target}, random_);
  }
  for (const Member* helper : chosen) {
    inquiry.helpers.push_back(helper->id);
    outbox.push_back(Send{helper->endpoint, false, PingRequest{sequence, inquiry.target}});
  }
}

Inquiries::Inquiring::iterator Inquiries::find(Inquiring& among, std::uint64_t sequence) {
  const auto above = among.upper_bound(sequence);
  if (above == among.begin()) return among.end();
  const auto at = std::prev(above);
  return sequence - at->first < kNumbers ? at : among.end();
}

std::optional<Inquiries::Answered> Inquiries::on_ack(Instant now, const NodeId& from,
                                                     std::uint64_t sequence) {
  const bool is_overdue = find(inquiries_, sequence) == inquiries_.end();
  Inquiring& among = is_overdue ? overdue_ : inquiries_;
  const auto at = find(among, sequence);
  if (at == among.end()) return std::nullopt;
  const Inquiry& inquiry = at->second;
  const bool is_direct = from == inquiry.target;
  if (is_overdue && (!is_direct || now - inquiry.begun > kOverdueMax)) return std::nullopt;
  if (!is_direct &&
      std::find(inquiry.helpers.begin(), inquiry.helpers.end(), from) == inquiry.helpers.end()) {
    return std::nullopt;
  }
  Answered answered{inquiry.target, inquiry.purpose, std::nullopt};
  const std::uint64_t number = sequence - at->first;
  if (is_direct && number < std::min<std::uint64_t>(inquiry.steps, kPingsMax)) {
    answered.round_trip = now - inquiry.pinged_at[number];
  }
  among.erase(at);
  return answered;
}

bool Inquiries::on_nack(const NodeId& from, std::uint64_t sequence) {
  const auto at = find(inquiries_, sequence);
  if (at == inquiries_.end()) return false;
  const auto& helpers = at->second.helpers;
  if (std::find(helpers.begin(), helpers.end(), from) == helpers.end()) return false;
  at->second.nacks = static_cast<std::uint8_t>(std::min<int>(at->second.nacks + 1, 255));
  return true;
}

std::vector<Inquiries::Silence> Inquiries::on_deadline(Instant now, const Greeting& greeting,
                                                       const MemberTable& table, Outbox& outbox) {
  std::vector<Silence> silent;
  for (auto at = inquiries_.begin(); at != inquiries_.end();) {
    Inquiry& inquiry = at->second;
    if (next_step(inquiry) > now) {
      ++at;
      continue;
    }
    if (inquiry.steps >= steps_of(inquiry.purpose)) {
      silent.push_back(silence_of(inquiry));
      if (inquiry.purpose == Purpose::probe) ++counts_.silent;
      become_overdue(now, inquiries_.extract(at++));
      continue;
    }
    // Counted from now, should we be late: those asked need their time.
    if (options_.forgives_lateness) inquiry.begun = now - inquiry.timeout * inquiry.steps;
    step(now, at->first, inquiry, greeting, table, outbox);
    ++at;
  }
  return silent;
}

void Inquiries::become_overdue(Instant now, Inquiring::node_type inquiry) {
  if (!options_.hears_overdue) return;
  std::erase_if(overdue_, [&](const auto& one) { return now - one.second.begun > kOverdueMax; });
  if (overdue_.size() < kInquiriesMax) overdue_.insert(std::move(inquiry));
}

Inquiries::Silence Inquiries::silence_of(const Inquiry& inquiry) const {
  // Whoever checks was asked to, and so is not cut off.
  return {inquiry.target, inquiry.purpose,
          inquiry.purpose == Purpose::probe && inquiry.heard_before == heard_,
          inquiry.nacks < inquiry.nacks_due};
}

std::optional<Instant> Inquiries::next_deadline() const {
  std::optional<Instant> deadline;
  for (const auto& [sequence, inquiry] : inquiries_) earlier(deadline, next_step(inquiry));
  return deadline;
}

}  // namespace gossamer::membership
