// Who gives way where all places are taken.

#include <string>

#include "membership/state.hpp"

namespace gossamer::membership {
namespace {

using gossip::Trace;

constexpr Duration kCrowdAlarmGap = std::chrono::minutes{1};

}  // namespace

// The dead keep nobody out who lives; and the dead do not make the dead give way, or two tables
// that are full would change them for each other's for ever.
bool Membership::State::make_room(Instant now, const NodeId& newcomer,
                                  const MemberStatement& statement, Outbox& outbox) {
  const std::optional<NodeId> oldest = tombstones.oldest();
  if (!statement.is_leaving && oldest) {
    forget(*oldest);
    tombstones.note_gave_way(now, *oldest);
    gave_way.insert(*oldest);
    earlier(superseded_at, now);
    outbox.push_back(Trace{"membership: a dead member gave way"});
    return true;
  }
  outbox.push_back(Trace{"membership: members_max reached"});
  if (!statement.is_leaving && crowd_alarms.allows(now, kCrowdAlarmGap)) {
    outbox.push_back(Notify{Alarm{
        "members_max", to_short_string(newcomer) + " at " + to_string(statement.endpoint) +
                           " is not taken in: this node holds " + std::to_string(table.size()) +
                           " members, which is members_max, and all are live; raise it"}});
  }
  return false;
}

void Membership::State::forget(const NodeId& id) {
  tombstones.raise(id);
  tombstones.remember(id, table.find(id)->member->incarnation);
  successions.stop_waiting(id);
  table.erase(id);
}

}  // namespace gossamer::membership
