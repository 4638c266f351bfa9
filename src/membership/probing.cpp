// Whom this node asks whether they are there, and what answers and silence mean.

#include <algorithm>

#include "membership/state.hpp"

namespace gossamer::membership {
namespace {

// A node that hears nothing at all doubts itself first, this many probes long; then it probes in
// one period of so many.
constexpr std::size_t kCutOffProbesMax = 4;
constexpr std::int64_t kCutOffSlowness = 8;
// And of so many members or more nobody is down meanwhile, for so long.
constexpr std::size_t kIsolatedMembersMin = 8;
constexpr Duration kIsolationTimePerMember = std::chrono::seconds{10};
constexpr Duration kIsolationTimeMax = std::chrono::minutes{15};
constexpr Duration kTouchTimeoutMin = std::chrono::milliseconds{15};

}  // namespace

Greeting Membership::State::greeting(Instant now) const {
  Greeting greeting;
  greeting.clock_us = clock.reading_us(now);
  if (has(Mechanism::view_digest)) greeting.view_digest = table.live_digest();
  return greeting;
}

void Membership::State::greet(Instant now, const NodeId& from, const Endpoint& endpoint,
                              const Greeting& greeting, Outbox& outbox) {
  if (!has(Mechanism::view_digest) || greeting.view_digest == 0) return;
  if (greeting.view_digest == table.live_digest()) return view_comparisons.on_agreement(now);
  if (own.is_leaving || !is_at_home(from, endpoint)) return;
  if (!view_comparisons.on_disagreement(now, table.live_digest())) return;
  outbox.push_back(gossip::Trace{"membership: another view for long"});
  outbox.push_back(Contact{endpoint});
}

Duration Membership::State::answer_time(const NodeId& id, Duration floor) const {
  if (!has(Mechanism::round_trips)) return options.probe_interval / 3;
  const MemberTable::Held* held = table.find(id);
  return answer_timeout(held == nullptr ? RoundTrip{} : held->round_trip, slowest, floor);
}

Duration Membership::State::timeout_for(Instant now, const NodeId& id, Purpose purpose) {
  Duration floor = options.probe_timeout;
  if (purpose == Purpose::touch) floor = std::min(floor, kTouchTimeoutMin);
  Duration timeout = answer_time(id, floor);
  if (has(Mechanism::lateness)) timeout += health.lateness(now);
  return has(Mechanism::health) ? timeout * health.multiplier() : timeout;
}

void Membership::State::inquire(Instant now, const NodeId& id, Purpose purpose, Outbox& outbox) {
  inquiries.begin(now, id, purpose, timeout_for(now, id, purpose), greeting(now), table, outbox);
}

void Membership::State::probe_due(Instant now, Outbox& outbox) {
  while (const auto target = schedule.take_due(now, clock)) {
    inquire(now, *target, Purpose::probe, outbox);
  }
}

void Membership::State::note_heard(Instant now) {
  inquiries.note_heard();
  if (cut_off_probes == 0) return;
  cut_off_probes = 0;
  schedule.slow_down(now, 1, clock);
  drop_weak();
}

void Membership::State::drop_weak() {
  std::vector<NodeId> weak;
  for (const auto& [id, suspicion] : suspicions) {
    if (suspicion.is_weak && !suspicion.is_public) weak.push_back(id);
  }
  for (const NodeId& id : weak) drop_suspicion(id);
}

// Whoever is heard, but gets no answer from anybody, may be one whom nobody hears.
bool Membership::State::is_isolated() const {
  return has(Mechanism::isolation) && table.live_count() > 2 &&
         unanswered_probes >= kCutOffProbesMax;
}

// Who holds few members loses them all at once more easily than it is cut off.
Duration Membership::State::isolation_time() const {
  const std::size_t live = table.live_count();
  if (live < kIsolatedMembersMin) return Duration{0};
  return std::min(
      kIsolationTimeMax,
      kIsolationTimePerMember * static_cast<Duration::rep>(std::min<std::size_t>(live, 1000)));
}

bool Membership::State::holds_verdicts(Instant now) const {
  return is_isolated() && now < unanswered_since + isolation_time();
}

// So we are heard, and hear. What was held back has its time anew, for it is of long ago.
void Membership::State::note_answered(Instant now) {
  const bool was_isolated = is_isolated();
  unanswered_probes = 0;
  if (!was_isolated) return;
  drop_weak();
  for (auto& [id, suspicion] : suspicions) {
    if (!suspicion.is_alone()) continue;
    suspicion.since = now;
    suspicion.panels = 0;
    if (suspicion.limit) suspicion.limit = now + hearing(id);
    plan(id);
  }
}

void Membership::State::note_ack(Instant now, const Inquiries::Answered& answered,
                                 const Greeting& greeting) {
  if (answered.purpose == Purpose::probe) health.note_answered();
  note_answered(now);
  if (!answered.round_trip || *answered.round_trip > kAnswerTimeMax) return;
  slowest.note(*answered.round_trip);
  // Half of what an answer may take, for a question is half of it.
  schedule.allow(answer_timeout({}, slowest, options.probe_timeout) / 2);
  if (MemberTable::Held* held = table.find(answered.target)) {
    held->round_trip.note(*answered.round_trip);
  }
  if (has(Mechanism::period_clock) && greeting.clock_us != 0) {
    clock.hear(now, greeting.clock_us, *answered.round_trip);
    schedule.on_clock_moved(now, clock);
  }
}

// What was said in private is over. What is public only its own word ends, but it is not held
// against it that it was silent before.
void Membership::State::note_alive(Instant now, const NodeId& id, Outbox& outbox) {
  acquit(id);
  clear_refusal(id, outbox);
  if (MemberTable::Held* held = table.find(id)) held->silent_in_a_row = 0;
  const auto at = suspicions.find(id);
  if (at == suspicions.end()) return;
  Suspicion& suspicion = at->second;
  if (!suspicion.is_public) {
    if (suspicion.panels > 0 || !suspicion.confirmers.empty()) tell_opinion(id, true, outbox);
    return drop_suspicion(id);
  }
  suspicion.since = now;
  suspicion.is_own = false;
  suspicion.confirmers.clear();
  suspicion.confirmed_at.reset();
  suspicion.limit.reset();
  suspicion.looks = 0;
  plan(id);
  warn(now, id, outbox);
}

void Membership::State::note_silence(Instant now, const Inquiries::Silence& silence,
                                     Outbox& outbox) {
  const NodeId& id = silence.target;
  MemberTable::Held* held = table.find(id);
  if (silence.purpose == Purpose::look || held == nullptr || !held->is_live()) return;
  if (silence.purpose == Purpose::touch) {
    const auto at = refusals.find(id);
    if (at == refusals.end()) return;
    at->second.is_silent = true;
    return at->second.was_open ? try_again(now, id, outbox) : weigh(now, id, outbox);
  }
  // Whose machine is gone, as somebody says, was not to answer: that tells nothing of us.
  const bool is_own_doubt = silence.purpose == Purpose::probe && !is_doomed(id);
  if (is_own_doubt && unanswered_probes++ == 0) unanswered_since = now;
  // Of few members all others may be dead, or stand still most of the time: there silence counts.
  if (silence.is_cut_off && table.live_count() >= kIsolatedMembersMin &&
      has(Mechanism::isolation)) {
    return note_cut_off(now, id, outbox);
  }
  if (is_own_doubt && is_isolated()) return suspect_weakly(now, id);
  held->silent_in_a_row = static_cast<std::uint8_t>(std::min(held->silent_in_a_row + 1, 255));
  if (silence.purpose == Purpose::probe) {
    if (silence.is_unwitnessed && has(Mechanism::nacks)) health.note_missed();
    return suspect_by_probe(now, id, outbox);
  }
  const auto at = suspicions.find(id);
  if (at == suspicions.end()) return;
  at->second.is_own = true;
  tell_opinion(id, false, outbox);
  plan(id);
}

// Nothing came from anybody: it may be us. Nobody is told, and whoever is suspected has very long.
void Membership::State::note_cut_off(Instant now, const NodeId& id, Outbox& outbox) {
  outbox.push_back(gossip::Trace{"membership: cut off, nobody accused"});
  cut_off_probes = std::min(cut_off_probes + 1, kCutOffProbesMax + 1);
  if (cut_off_probes <= kCutOffProbesMax) return;
  schedule.slow_down(now, kCutOffSlowness, clock);
  suspect_weakly(now, id);
}

void Membership::State::suspect_weakly(Instant now, const NodeId& id) {
  if (suspicions.contains(id)) return;
  Suspicion& suspicion = suspect(now, id);
  suspicion.is_weak = true;
  suspicion.is_own = true;
  suspicion.damping =
      static_cast<std::uint8_t>(std::clamp<std::size_t>(table.live_count() / 4, 1, 6));
  plan(id);
}

}  // namespace gossamer::membership
