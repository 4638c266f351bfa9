#include "membership/membership.hpp"

#include <algorithm>
#include <type_traits>
#include <utility>

#include "membership/state.hpp"

namespace gossamer::membership {

using gossip::Trace;

namespace {

constexpr int kStepsAtOnce = 4;
// In each probe_interval. In a cluster of five of which three die one asks each other nine times.
constexpr std::size_t kInquestsOfOne = 16;
// Who finds a death by refusals watches two, and then the two that come after those.
constexpr std::size_t kKnocksOfOne = 8;
constexpr std::size_t kKnocksForOthers = 64;
constexpr Duration kKnocksWindow = std::chrono::seconds{16};
// Deadlines that are far away are met a little late, so that the nodes of a loop wake together.
constexpr Duration kLateByDesign = std::chrono::milliseconds{32};

ProbeSchedule::Style style_of(const Mechanisms& mechanisms) {
  if (!mechanisms.has(Mechanism::ring)) return ProbeSchedule::Style::random;
  return mechanisms.has(Mechanism::pairs) ? ProbeSchedule::Style::pairs
                                          : ProbeSchedule::Style::ring;
}

}  // namespace

Membership::State::State(const MembershipOptions& o, Self s, std::uint64_t seed,
                         const Mechanisms& m, Interner<Member>* interner)
    : options(o),
      mechanisms(m),
      self(s.id),
      own(std::move(s.statement)),
      random(seed),
      // At least this node: an option out of range must not cost the process.
      table(std::max<std::size_t>(1, o.members_max), interner),
      clock(o.probe_interval,
            m.has(Mechanism::period_clock)
                ? s.clock_ahead
                : Duration{random.between(0, 1000 * Duration{o.probe_interval}.count())}),
      schedule(o.probe_interval, self, style_of(m), random.next()),
      inquiries({o.indirect_probe_count, m.has(Mechanism::second_ping), o.stream_probes,
                 m.has(Mechanism::stalls), m.has(Mechanism::round_trips)},
                self, random.next()),
      relays(o, random.next()),
      view_comparisons(o.sync_interval),
      links(m.has(Mechanism::links)),
      contacting(o, own.endpoint, random.next()),
      tombstones(o.tombstone_time, std::max<std::size_t>(1, o.members_max)),
      successions(o, random.next()),
      events(3 * Duration{o.probe_interval} / 2),
      inquest_shares(kInquestsOfOne, o.probe_interval),
      knock_shares(kKnocksOfOne, kKnocksWindow),
      knocks_for_others(kKnocksForOthers, kKnocksWindow) {
  table.insert(self, own, {MemberState::alive, own.incarnation});
}

Membership::Membership(const MembershipOptions& options, Self self, std::uint64_t seed,
                       const Mechanisms& mechanisms, Interner<Member>* interner)
    : state_(std::make_unique<State>(options, std::move(self), seed, mechanisms, interner)) {}
Membership::~Membership() = default;
Membership::Membership(Membership&&) noexcept = default;

void Membership::start(Instant now, Outbox& outbox) {
  state_->is_started = true;
  outbox.push_back(Publish{state_->own});
  state_->view_comparisons.start(now);
  state_->schedule.start(now, state_->clock);
  state_->contacting.start(now, state_->table, outbox);
}

void Membership::leave(Instant /*now*/, Outbox& outbox) {
  if (state_->own.is_leaving) return;
  state_->own.is_leaving = true;
  state_->raise_own(state_->own.incarnation + 1, outbox);
  // One that leaves accuses nobody any more. It still answers, until it closes.
  state_->schedule.stop();
  state_->inquiries.clear();
  state_->suspicions.clear();
  state_->suspicion_steps.clear();
  state_->hearings.clear();
  state_->links.stop(outbox);
  state_->refusals.clear();
  state_->contacting.stop();
}

void Membership::on_seeds(Instant now, std::vector<Endpoint> seeds, Outbox& outbox) {
  state_->contacting.on_seeds(now, seeds, state_->table, outbox);
}

void Membership::on_gone(Instant now, const std::vector<Endpoint>& endpoints, Outbox& outbox) {
  if (!state_->is_started || state_->own.is_leaving) return;
  for (const Endpoint& endpoint : endpoints) {
    for (const NodeId& id : state_->table.live_at(endpoint)) state_->doom(now, id, outbox);
  }
}

bool Membership::on_member(Instant now, const NodeId& author, const MemberStatement& statement,
                           Outbox& outbox) {
  return state_->hear_member(now, author, statement, outbox);
}

bool Membership::on_verdict(Instant now, const NodeId& accuser, const Verdict& verdict,
                            Outbox& outbox) {
  return state_->hear_verdict(now, accuser, verdict, outbox);
}

void Membership::on_heard(Instant now, const NodeId& from, const Endpoint& endpoint,
                          Outbox& outbox) {
  State& state = *state_;
  state.note_heard(now);
  if (from == state.self || state.own.is_leaving) return;
  state.schedule.note_heard(now, from, state.clock);
  if (state.outbid_at && *state.outbid_at == now) outbox.push_back(Contact{endpoint});
  state.outbid_at.reset();

  const MemberTable::Held* held = state.table.find(from);
  if (held == nullptr) {
    // A forgotten member that speaks is alive, whatever we remember; let it say so again.
    if (state.tombstones.remembered(from) && !state.tombstones.was_heard(from)) {
      state.tombstones.note_heard(from);
      state.contacting.ask(now, endpoint);
    }
  } else if (state.successions.waits(from)) {
    if (held->member->endpoint == endpoint) state.successions.ask(now, from, endpoint, outbox);
  } else if (held->member->state == MemberState::suspect ||
             held->member->state == MemberState::down) {
    state.warn(now, from, outbox);
  }
  // A frame alone shows nothing: it may be a stray one of a member that was replaced there.
  if (state.is_at_home(from, endpoint) && state.is_shared(endpoint, from)) {
    state.successions.ask(now, from, endpoint, outbox);
  }
}

void Membership::on_twin(Instant now, const Endpoint& from, Outbox& outbox) {
  outbox.push_back(Trace{"membership: a frame under our own identity"});
  state_->hear_twin(now, from, outbox);
}

void Membership::on_message(Instant now, const NodeId& from, const Endpoint& endpoint,
                            bool by_stream, const Message& message, Outbox& outbox) {
  State& state = *state_;
  state.note_heard(now);
  if (from == state.self) return;
  const auto visit = [&](const auto& body) {
    using Body = std::decay_t<decltype(body)>;
    if constexpr (std::is_same_v<Body, Ping>) {
      if (body.target != state.self) {
        outbox.push_back(Trace{"membership: ping for another"});
        return;
      }
      outbox.push_back(Send{endpoint, by_stream, Ack{body.sequence, state.greeting(now)}});
      if (!by_stream) state.greet(now, from, endpoint, body.greeting, outbox);
      // It holds us, and we do not hold it: rumours of it have missed us.
      if (state.table.find(from) == nullptr && !state.own.is_leaving &&
          state.strangers.allows(now, state.options.probe_timeout)) {
        state.contacting.ask(now, endpoint);
      }
    } else if constexpr (std::is_same_v<Body, PingRequest>) {
      if (body.target == state.self) {
        outbox.push_back(Send{endpoint, by_stream, Ack{body.sequence, state.greeting(now)}});
      } else {
        // Whoever is not at home shares one requester's places with all such.
        const bool is_known = state.is_held_at(from, endpoint);
        state.relays.on_request(now, is_known ? from : NodeId{}, endpoint, body,
                                state.answer_time(body.target, state.options.probe_timeout),
                                state.table, outbox);
      }
    } else if constexpr (std::is_same_v<Body, Ack>) {
      if (const auto answered = state.inquiries.on_ack(now, from, body.sequence)) {
        if (!by_stream) state.note_home(from, endpoint);
        state.note_ack(now, *answered, body.greeting);
        state.note_alive(now, answered->target, outbox);
        if (!by_stream) state.greet(now, from, endpoint, body.greeting, outbox);
        return;
      }
      if (state.relays.on_ack(from, body.sequence, outbox)) return;
      if (!by_stream && state.successions.on_ack(now, from, body.sequence)) {
        state.note_home(from, endpoint);
        return state.succeed(now, from, endpoint, outbox);
      }
      outbox.push_back(Trace{"membership: ack that nobody waits for"});
    } else if constexpr (std::is_same_v<Body, Nack>) {
      if (state.inquiries.on_nack(from, body.sequence)) return state.note_answered(now);
      outbox.push_back(Trace{"membership: nack that nobody waits for"});
    } else if constexpr (std::is_same_v<Body, Inquest>) {
      if (!by_stream) state.hear_inquest(now, from, endpoint, body, outbox);
    } else if constexpr (std::is_same_v<Body, Opinion>) {
      if (!by_stream) state.hear_opinion(now, from, endpoint, body, outbox);
    } else {
      if (!state.refused_notices.allows(now, state.options.probe_interval)) return;
      outbox.push_back(Notify{ForeignObjectStore{from, state.own.store_place, body.store_place}});
    }
  };
  std::visit(visit, message);
}

void Membership::on_dismissed(Instant now, const NodeId& id, Outbox& outbox) {
  const MemberTable::Held* held = state_->table.find(id);
  if (held == nullptr || id == state_->self || !held->is_live()) return;
  outbox.push_back(Trace{"membership: a member's admission has ended"});
  // Said as a verdict, so that it hears of it and answers if it was admitted anew meanwhile.
  state_->accuse(now, id, MemberState::down, outbox);
}

void Membership::on_link(Instant now, const Endpoint& peer, LinkEvent event, Outbox& outbox) {
  if (state_->is_started && !state_->own.is_leaving) state_->hear_link(now, peer, event, outbox);
}

void Membership::on_deadline(Instant now, Outbox& outbox) {
  State& state = *state_;
  if (!state.is_started) return;
  state.relays.on_deadline(now, outbox);
  for (const Inquiries::Silence& silence :
       state.inquiries.on_deadline(now, state.greeting(now), state.table, outbox)) {
    state.note_silence(now, silence, outbox);
  }
  // A step may make the next one due, if we are late: from private to public to down.
  for (int steps = 0; steps < kStepsAtOnce; ++steps) {
    for (const NodeId& id : state.suspicion_steps.take_due(now)) state.go_on(now, id, outbox);
  }
  state.ask_heirs(now, outbox);
  state.links.on_deadline(now, state.self, state.schedule.ring(), state.table, state.is_isolated(),
                          outbox);
  state.contacting.on_deadline(now, state.table, outbox);
  state.forget_superseded(outbox);
  state.run_tombstones(now, outbox);
  state.events.on_deadline(now, state.table.view(), outbox);
  // Last, for a ring that has just changed may make somebody due.
  state.probe_due(now, outbox);
}

void Membership::on_stall(Instant now, Duration gap) {
  State& state = *state_;
  if (gap <= Duration{0} || !state.has(Mechanism::stalls)) return;
  state.relays.clear();
  state.inquiries.clear();
  state.refusals.clear();
  if (state.is_started && !state.own.is_leaving) state.schedule.on_stall(now, state.clock);
  const auto later = [gap](std::optional<Instant>& at) {
    if (at) at = *at + gap;
  };
  for (auto& [id, suspicion] : state.suspicions) {
    suspicion.since = suspicion.since + gap;
    later(suspicion.confirmed_at);
    later(suspicion.limit);
  }
  state.suspicion_steps.shift(gap);
  state.hearings.shift(gap);
  state.unanswered_since = state.unanswered_since + gap;
}

void Membership::on_late(Instant now, Duration late) {
  if (late > kLateByDesign) state_->health.note_late(now, late - kLateByDesign);
}

std::optional<Instant> Membership::next_deadline() const {
  const State& state = *state_;
  if (!state.is_started) return std::nullopt;
  std::optional<Instant> deadline = state.relays.next_deadline();
  earlier(deadline, state.inquiries.next_deadline());
  earlier(deadline, state.schedule.next_deadline(state.clock));
  earlier(deadline, state.suspicion_steps.next());
  earlier(deadline, state.successions.next_deadline());
  earlier(deadline, state.links.next_deadline());
  earlier(deadline, state.contacting.next_deadline());
  earlier(deadline, state.tombstones.next_deadline());
  earlier(deadline, state.events.next_deadline());
  earlier(deadline, state.superseded_at);
  return deadline;
}

const MemberView& Membership::members() const {
  return state_->table.view();
}

const ProbeCounts& Membership::probe_counts() const {
  return state_->inquiries.counts();
}

std::optional<Duration> Membership::round_trip(const NodeId& id) const {
  const MemberTable::Held* held = state_->table.find(id);
  return held == nullptr ? std::nullopt : held->round_trip.smoothed();
}
Incarnation Membership::incarnation() const {
  return state_->own.incarnation;
}

}  // namespace gossamer::membership
