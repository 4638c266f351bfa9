#include "membership/membership.hpp"

#include <algorithm>
#include <type_traits>
#include <utility>

#include "membership/state.hpp"

namespace gossamer::membership {

using gossip::Trace;

Membership::State::State(const MembershipOptions& o, Self s, std::uint64_t seed,
                         const Mechanisms& m)
    : options(o),
      mechanisms(m),
      self(s.id),
      own(std::move(s.statement)),
      random(seed),
      // At least this node: an option out of range must not cost the process.
      table(std::max<std::size_t>(1, o.members_max)),
      order(random.next()),
      probe(o, self, random.next()),
      relays(o, random.next()),
      contacting(o, own.endpoint, random.next()),
      tombstones(o.tombstone_time, std::max<std::size_t>(1, o.members_max)),
      successions(o, random.next()) {
  table.insert(self, own, {MemberState::alive, own.incarnation});
}

Membership::Membership(const MembershipOptions& options, Self self, std::uint64_t seed,
                       const Mechanisms& mechanisms)
    : state_(std::make_unique<State>(options, std::move(self), seed, mechanisms)) {}
Membership::~Membership() = default;
Membership::Membership(Membership&&) noexcept = default;

void Membership::start(Instant now, Outbox& outbox) {
  state_->is_started = true;
  outbox.push_back(Publish{state_->own});
  state_->probe.start(now);
  state_->contacting.start(now, state_->table, outbox);
}

void Membership::leave(Instant /*now*/, Outbox& outbox) {
  if (state_->own.is_leaving) return;
  state_->own.is_leaving = true;
  state_->raise_own(state_->own.incarnation + 1, outbox);
  // One that leaves accuses nobody any more. It still answers, until it closes.
  state_->probe.stop();
  state_->suspicions.clear();
  state_->hearings.clear();
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
  state.probe.on_heard();
  if (from == state.self || state.own.is_leaving) return;
  if (state.outbid_at && *state.outbid_at == now) outbox.push_back(Contact{endpoint});
  state.outbid_at.reset();

  const MemberTable::Held* held = state.table.find(from);
  if (held == nullptr) {
    // A forgotten member that speaks is alive, whatever we remember; let it say so again.
    if (state.tombstones.remembered(from) && !state.tombstones.was_heard(from)) {
      state.tombstones.note_heard(from);
      state.contacting.ask(now, endpoint);
    }
  } else if (held->belief.state == MemberState::suspect ||
             held->belief.state == MemberState::down) {
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
  state.probe.on_heard();
  if (from == state.self) return;
  const auto visit = [&](const auto& body) {
    using Body = std::decay_t<decltype(body)>;
    if constexpr (std::is_same_v<Body, Ping>) {
      if (body.target != state.self) {
        outbox.push_back(Trace{"membership: ping for another"});
        return;
      }
      outbox.push_back(Send{endpoint, by_stream, Ack{body.sequence}});
      // It holds us, and we do not hold it: rumours of it have missed us.
      if (state.table.find(from) == nullptr && !state.own.is_leaving &&
          state.strangers.allows(now, state.options.probe_timeout)) {
        state.contacting.ask(now, endpoint);
      }
    } else if constexpr (std::is_same_v<Body, PingRequest>) {
      if (body.target == state.self) {
        outbox.push_back(Send{endpoint, by_stream, Ack{body.sequence}});
      } else {
        state.relays.on_request(now, endpoint, body, outbox);
      }
    } else if constexpr (std::is_same_v<Body, Ack>) {
      if (const auto answered = state.probe.on_ack(from, body.sequence)) {
        return state.acquit(*answered);
      }
      if (state.relays.on_ack(from, body.sequence, outbox)) return;
      if (!by_stream && state.successions.on_ack(now, from, body.sequence)) {
        return state.succeed(now, from, endpoint, outbox);
      }
      outbox.push_back(Trace{"membership: ack that nobody waits for"});
    } else if constexpr (std::is_same_v<Body, Nack>) {
      if (state.probe.on_nack(from, body.sequence)) return;
      outbox.push_back(Trace{"membership: nack that nobody waits for"});
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

void Membership::on_link(Instant /*now*/, const Endpoint& /*peer*/, LinkEvent /*event*/,
                         Outbox& /*outbox*/) {
  // Nobody is watched or knocked at yet.
}

void Membership::on_deadline(Instant now, Outbox& outbox) {
  State& state = *state_;
  if (!state.is_started) return;
  state.relays.on_deadline(now, outbox);
  if (const auto silent = state.probe.on_deadline(now, state.table, state.order, outbox)) {
    state.accuse(now, *silent, MemberState::suspect, outbox);
    state.warn(now, *silent, outbox);
    state.bury_if_doomed(now, *silent, outbox);
  }
  for (const NodeId& id : state.suspicions.take_due(now)) {
    state.accuse(now, id, MemberState::down, outbox);
  }
  state.contacting.on_deadline(now, state.table, outbox);
  state.forget_superseded(outbox);
  state.run_tombstones(now, outbox);
  state.events.on_deadline(now, state.table.view(), outbox);
}

void Membership::on_stall(Instant /*now*/, Duration gap) {
  if (gap <= Duration{0}) return;
  state_->relays.clear();
  state_->probe.on_stall(gap);
  state_->suspicions.shift(gap);
  state_->hearings.shift(gap);
}

std::optional<Instant> Membership::next_deadline() const {
  const State& state = *state_;
  if (!state.is_started) return std::nullopt;
  std::optional<Instant> deadline = state.relays.next_deadline();
  earlier(deadline, state.probe.next_deadline());
  earlier(deadline, state.suspicions.next());
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
  return state_->probe.counts();
}

Incarnation Membership::incarnation() const {
  return state_->own.incarnation;
}

}  // namespace gossamer::membership
