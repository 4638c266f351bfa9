// Who is believed and who is heard, where holding the cluster's key is not enough.

#include <fmt/format.h>

#include <utility>

#include "driver/state.hpp"

namespace gossamer::driver {
namespace {

using gossip::EntryKey;
using gossip::EntryKind;

constexpr Duration kReviewGap = std::chrono::seconds{10};
constexpr std::uint64_t kWarningS = std::uint64_t{7} * 24 * 3600;

}  // namespace

// News of a member must carry what admits it, or those who come later would not believe it. What
// else an admitted node says needs nothing further.
bool Driver::State::believes(const wire::Statement& statement, bool is_news) {
  if (!admissions.is_on()) return true;
  const std::uint64_t wall_ms = ports.clock->wall_ms();
  const auto* member = std::get_if<membership::MemberStatement>(&statement.body);
  if (member == nullptr || !is_news) {
    if (admissions.has(statement.author, wall_ms)) return true;
    if (member == nullptr) return false;
  }
  if (admissions.is_full()) admissions.keep_only(membership.members());
  const bool is_admitted =
      admissions.admit(statement.author, statement.author_key, member->admission, wall_ms);
  counters.admissions_verified = admissions.verified_count();
  return is_admitted;
}

bool Driver::State::hears(const Arrival& arrival) {
  if (admissions.has(arrival.sender, ports.clock->wall_ms())) return true;
  ++counters.packets_unadmitted;
  if (strangers.on_heard(now, arrival.sender, arrival.is_refused)) {
    notify(
        Alarm{"admission",
              fmt::format("node {} at {} holds the cluster's key and is not admitted, so it is not "
                          "heard: if it belongs here, give it an admission (gossamer authority "
                          "admit); if not, change the cluster's key",
                          to_string(arrival.sender), to_string(arrival.from))});
  }
  return false;
}

// A comparison introduces who makes it: nobody answers one that it cannot know to be admitted.
void Driver::State::introduce(gossip::Send& send) const {
  if (options.own_admission.empty() || std::holds_alternative<gossip::Rumours>(send.message))
    return;
  const EntryKey own_key{EntryKind::member, options.identity.id(), {}};
  const gossip::Entry* own = gossip.replica().find(own_key);
  if (own == nullptr) return;
  for (const gossip::Entry& entry : send.entries) {
    if (entry.key == own_key) return;
  }
  send.entries.insert(send.entries.begin(), *own);
}

void Driver::State::review_admissions() {
  const std::uint64_t wall_ms = ports.clock->wall_ms();
  for (const NodeId& id : admissions.take_ended(wall_ms)) {
    membership.on_dismissed(now, id, membership_out);
    is_author_gone = true;
  }
  if (admissions.is_on() && std::exchange(is_author_gone, false)) review_ownerless();
  warn_of_own_end(wall_ms);
  after(kReviewGap, [](State& state) { state.review_admissions(); });
}

// Of what nobody owns the author may be forgotten, or its admission over; whoever comes then has no
// reason to believe it. Specs and claims are in the object store, and are looked for there.
void Driver::State::review_ownerless() {
  const std::uint64_t wall_ms = ports.clock->wall_ms();
  const auto is_believable = [&](const EntryKey& key) {
    const gossip::Entry* held = gossip.replica().find(key);
    return held == nullptr || admissions.has(wire::author_of(*held->statement), wall_ms);
  };
  for (const EntryKind kind : {EntryKind::spec, EntryKind::claim}) {
    for (const EntryKey& key : gossip.replica().ownerless(kind, {})) {
      if (!is_believable(key)) forget(key);
    }
  }
  std::erase_if(carried, [&](const auto& entry) {
    const EntryKey& key = entry.first;
    if (!key.owner.is_zero() || is_believable(key)) return false;
    gossip.erase(key);
    return true;
  });
  if (const EntryKey ring{EntryKind::key_ring, {}, {}}; !is_believable(ring)) vouch_for(ring);
}

// The keys are nowhere else, so this node says itself what it believed when it was said: the same
// entry, of the same version.
void Driver::State::vouch_for(const EntryKey& key) {
  const gossip::Entry* held = gossip.replica().find(key);
  const auto statement = wire::decode_statement(*held->statement);
  if (!statement) return;
  auto bytes =
      std::make_shared<const Bytes>(wire::sign_statement(options.identity, statement->body));
  const gossip::Entry entry{key, held->version, std::move(bytes)};
  gossip.erase(key);
  gossip.put(now, entry, gossip::Telling::hold);
}

// Nobody hears this node any more, but the object store still lets it write: what it went on to own
// would only be taken from those that are heard.
void Driver::State::give_up_units() {
  ownership.stop_claiming();
  std::vector<UnitId> units;
  for (const auto& [unit, service] : running) {
    if (!service.is_stopping) units.push_back(unit);
  }
  for (const UnitId& unit : units) {
    release_unit(unit, Error{ErrorCode::cancelled, "this node's admission has ended"});
  }
}

void Driver::State::warn_of_own_end(std::uint64_t wall_ms) {
  const auto own = wire::decode_admission(options.own_admission);
  if (!own || own->not_after_s == 0) return;
  if (own->has_ended(wall_ms)) {
    give_up_units();
    if (!ended_alarms.take(now)) return;
    return notify(
        Alarm{"admission",
              "this node's admission has ended: nodes that ask for one hear it no more; have "
              "it admitted anew (gossamer authority admit) and start it again"});
  }
  const std::uint64_t left_s = own->not_after_s - wall_ms / 1000;
  if (left_s >= kWarningS || !ending_alarms.take(now)) return;
  notify(Alarm{"admission",
               fmt::format("this node's admission ends in {} h: have it admitted anew (gossamer "
                           "authority admit) and start it again before that",
                           left_s / 3600)});
}

}  // namespace gossamer::driver
