// Which version of the wire members speak, and what is said about those that are not understood.

#include <fmt/format.h>

#include "driver/state.hpp"

namespace gossamer::driver {

void Driver::State::note_versions(const NodeId& author, const membership::MemberStatement& member) {
  version_choice.on_member(author, member.endpoint, {member.wire_oldest, member.wire_newest});
}

// It holds the key, so it is not noise: it takes this node for one that reads more (this node was
// rolled back, say), or has nothing in common with it. What this node says of itself tells it.
void Driver::State::note_unreadable(const wire::Sealer::Opened& frame, const Endpoint& from,
                                    bool by_stream) {
  const gossip::Entry* own =
      gossip.replica().find({gossip::EntryKind::member, options.identity.id(), {}});
  // A stream's port is not where its node listens.
  const bool is_answered = !by_stream && admissions.has(frame.sender, ports.clock->wall_ms());
  if (own != nullptr && is_answered && reminders.take(now)) {
    ports.events->on_trace("driver: a frame of a version that is not read");
    outbound.send(from, false, gossip::Message{gossip::Rumours{}}, {*own});
  }
  if (!version_alarms.take(now)) return;
  notify(Alarm{"version", fmt::format("{} at {} speaks version {} of the wire, and this node reads "
                                      "{} to {}. Nodes more than one "
                                      "version apart do not hear each other: upgrade by one "
                                      "version at a time; after a rollback "
                                      "this passes as soon as the others hear of it",
                                      to_short_string(frame.sender), to_string(from), frame.version,
                                      version_choice.own().oldest, version_choice.own().newest)});
}

}  // namespace gossamer::driver
