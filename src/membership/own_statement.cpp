// What concerns this node itself: only it raises its incarnation, so only it can refute.

#include <algorithm>

#include "membership/state.hpp"

namespace gossamer::membership {
namespace {

// Once is a restart that lost its boot counter. Thrice, each within the gap after the one before,
// is another node with our identity: it goes on, and strays of an earlier life do not.
constexpr std::size_t kEchoesTolerated = 3;
constexpr Duration kTwinAlarmGap = std::chrono::minutes{1};

}  // namespace

void Membership::State::raise_own(Incarnation incarnation, Outbox& outbox) {
  own.incarnation = incarnation;
  table.restate(self, own);
  table.believe(self, {own.is_leaving ? MemberState::left : MemberState::alive, incarnation});
  outbox.push_back(Publish{own});
}

void Membership::restate_keys(std::vector<std::uint32_t> key_ids, Outbox& outbox) {
  if (state_->own.key_ids == key_ids) return;
  state_->own.key_ids = std::move(key_ids);
  state_->raise_own(state_->own.incarnation + 1, outbox);
}

void Membership::restate_zone(std::string zone, Outbox& outbox) {
  if (state_->own.zone == zone) return;
  state_->own.zone = std::move(zone);
  state_->raise_own(state_->own.incarnation + 1, outbox);
}

void Membership::State::hear_of_self(Instant now, const MemberStatement& statement,
                                     Outbox& outbox) {
  if (statement.incarnation < own.incarnation || statement == own) return;
  if (statement.incarnation >= kIncarnationMax) return;
  // Paced: two nodes of one identity would outbid each other without end.
  if (!echoes.allows(now, options.probe_interval)) return;
  outbox.push_back(gossip::Trace{"membership: our own voice, from elsewhere"});
  hear_twin(now, statement.endpoint, outbox);
  raise_own(statement.incarnation + 1, outbox);
  outbid_at = now;
}

void Membership::State::hear_twin(Instant now, const Endpoint& endpoint, Outbox& outbox) {
  if (echoed_at && now - *echoed_at > kTwinAlarmGap) echo_count = 0;
  echoed_at = now;
  if (++echo_count < kEchoesTolerated || !twin_alarms.allows(now, kTwinAlarmGap)) return;
  outbox.push_back(Notify{
      Alarm{"duplicate_identity", "another node at " + to_string(endpoint) +
                                      " speaks under this node's identity, " + to_string(self) +
                                      "; give it a data directory of its own"}});
}

void Membership::State::refute(Instant now, const NodeId& accuser, const Verdict& verdict,
                               Outbox& outbox) {
  // Under another than the newest that this node has said a verdict counts nowhere: nobody can make
  // it raise its number but by one at a time, and so not to where nothing is above it. (What an
  // earlier life of it has said comes back as that life's own statement, and is outbid.)
  if (!is_started || verdict.incarnation != own.incarnation) return;
  if (has(Mechanism::health)) health.note_suspected();
  raise_own(verdict.incarnation + 1, outbox);
  outbox.push_back(Notify{SelfRefuted{own.incarnation}});
  // The accuser first, and whoever told us: they may hold us down, and then no rumour finds them.
  const MemberTable::Held* judge = table.find(accuser);
  if (judge != nullptr && accuser != self) outbox.push_back(Contact{judge->member->endpoint});
  outbid_at = now;
}

}  // namespace gossamer::membership
