#pragma once

#include <map>
#include <optional>
#include <set>

#include "base/allowance.hpp"
#include "base/deadlines.hpp"
#include "membership/asker_shares.hpp"
#include "membership/contacting.hpp"
#include "membership/event_window.hpp"
#include "membership/inquiries.hpp"
#include "membership/local_health.hpp"
#include "membership/member_table.hpp"
#include "membership/membership.hpp"
#include "membership/period_clock.hpp"
#include "membership/probe_schedule.hpp"
#include "membership/refusal.hpp"
#include "membership/relays.hpp"
#include "membership/round_trips.hpp"
#include "membership/standing_links.hpp"
#include "membership/successions.hpp"
#include "membership/suspicion.hpp"
#include "membership/tombstones.hpp"
#include "membership/view_comparisons.hpp"

namespace gossamer::membership {

/// At most one of something in each gap.
class Pace {
 public:
  bool allows(Instant now, Duration gap) {
    if (last_ && now < *last_ + gap) return false;
    last_ = now;
    return true;
  }

 private:
  std::optional<Instant> last_;
};

/// What the engine consists of. Its inputs are in membership.cpp; whom it asks, and what answers
/// and silence mean, in probing.cpp; how a suspicion goes on in suspecting.cpp;
/// what closed links and refused connects mean in refusing.cpp; what statements and
/// verdicts do to beliefs in beliefs.cpp; who gives way to whom in crowding.cpp; who lives at an
/// address that two claim in succeeding.cpp; what concerns this node itself in own_statement.cpp.
struct Membership::State {
  State(const MembershipOptions& options, Self self, std::uint64_t seed,
        const Mechanisms& mechanisms, Interner<Member>* interner);

  bool has(Mechanism mechanism) const { return mechanisms.has(mechanism); }

  // probing.cpp
  Greeting greeting(Instant now) const;
  void greet(Instant now, const NodeId& from, const Endpoint& endpoint, const Greeting& greeting,
             Outbox& outbox);
  /// What its answer may take, as far as that depends on it and on the way to it.
  Duration answer_time(const NodeId& id, Duration floor) const;
  Duration timeout_for(Instant now, const NodeId& id, Purpose purpose);
  void inquire(Instant now, const NodeId& id, Purpose purpose, Outbox& outbox);
  void probe_due(Instant now, Outbox& outbox);
  void note_heard(Instant now);
  void note_ack(Instant now, const Inquiries::Answered& answered, const Greeting& greeting);
  /// It has shown that it lives.
  void note_alive(Instant now, const NodeId& id, Outbox& outbox);
  void note_silence(Instant now, const Inquiries::Silence& silence, Outbox& outbox);
  void note_cut_off(Instant now, const NodeId& id, Outbox& outbox);
  bool is_isolated() const;
  bool holds_verdicts(Instant now) const;
  Duration isolation_time() const;
  void note_answered(Instant now);
  void drop_weak();
  void suspect_weakly(Instant now, const NodeId& id);

  // suspecting.cpp
  SuspicionTimes suspicion_times() const;
  Suspicion& suspect(Instant now, const NodeId& id);
  void suspect_by_probe(Instant now, const NodeId& id, Outbox& outbox);
  void ask_panel(const NodeId& id, Suspicion& suspicion, Outbox& outbox);
  void hear_inquest(Instant now, const NodeId& from, const Endpoint& endpoint,
                    const Inquest& inquest, Outbox& outbox);
  void hear_opinion(Instant now, const NodeId& from, const Endpoint& endpoint,
                    const Opinion& opinion, Outbox& outbox);
  void tell_opinion(const NodeId& id, bool is_clear, Outbox& outbox);
  void confirm(Instant now, Suspicion& suspicion, const NodeId& by);
  std::optional<Instant> next_look(const Suspicion& suspicion) const;
  void plan(const NodeId& id);
  void go_on(Instant now, const NodeId& id, Outbox& outbox);
  void pronounce(Instant now, const NodeId& id, Outbox& outbox);
  void drop_suspicion(const NodeId& id);

  // refusing.cpp
  void hear_link(Instant now, const Endpoint& peer, LinkEvent event, Outbox& outbox);
  void expire_refusals(Instant now);
  Refusal* look_into(Instant now, const NodeId& id, Outbox& outbox);
  void note_open(Instant now, const NodeId& id, Outbox& outbox);
  void try_again(Instant now, const NodeId& id, Outbox& outbox);
  void weigh(Instant now, const NodeId& id, Outbox& outbox);
  void clear_refusal(const NodeId& id, Outbox& outbox);
  Refusal* look_into_for(Instant now, const NodeId& asker, const NodeId& id, Outbox& outbox);
  void hear_refused_inquest(Instant now, const NodeId& from, const NodeId& id,
                            const Endpoint& asker, Outbox& outbox);
  void hear_refused_opinion(Instant now, const NodeId& from, const Opinion& opinion,
                            Outbox& outbox);
  void hear_refused_death(Instant now, const NodeId& accuser, const NodeId& id, Outbox& outbox);

  // beliefs.cpp
  bool hear_member(Instant now, const NodeId& author, const MemberStatement& statement,
                   Outbox& outbox);
  bool admit(Instant now, const NodeId& author, const MemberStatement& statement, Outbox& outbox);
  bool hear_verdict(Instant now, const NodeId& accuser, const Verdict& verdict, Outbox& outbox);
  bool is_trusted(Instant now, const NodeId& accuser) const;
  /// How long the accused of a death has to answer.
  Duration hearing(const NodeId& accused) const;
  /// How long before it counts a death is told. The same at all, or who hears of it from one that
  /// tells early would have it dead early.
  Duration notice() const;
  void hear_death(Instant now, const Belief& heard, const NodeId& id, Outbox& outbox);
  void hear_untrusted_death(Instant now, const NodeId& accuser, const Verdict& verdict,
                            Outbox& outbox);
  void note_author(const NodeId& accused, const NodeId& accuser);
  void heed_newcomer(Instant now, const NodeId& judge, Outbox& outbox);
  void become(Instant now, const NodeId& id, const Belief& belief, Outbox& outbox);
  void note_return(Instant now, const NodeId& id, Incarnation incarnation);
  /// From being down.
  std::uint8_t returns_lately(Instant now, const NodeId& id) const;
  /// A verdict of our own.
  void accuse(Instant now, const NodeId& id, MemberState state, Outbox& outbox,
              bool is_refused = false);
  bool is_foreign(const MemberStatement& statement) const;
  void refuse(Instant now, const NodeId& author, const MemberStatement& statement, Outbox& outbox);
  void warn(Instant now, const NodeId& id, Outbox& outbox);
  void forget_superseded(Outbox& outbox);
  void run_tombstones(Instant now, Outbox& outbox);

  // crowding.cpp
  bool make_room(Instant now, const NodeId& newcomer, const MemberStatement& statement,
                 Outbox& outbox);
  void forget(const NodeId& id);

  // succeeding.cpp
  /// Whether a member lives at `endpoint` by its own word.
  bool is_at_home(const NodeId& id, const Endpoint& endpoint) const;
  /// Whether it says that it lives, or did, at `endpoint`.
  bool is_held_at(const NodeId& id, const Endpoint& endpoint) const;
  /// It has answered a ping from there.
  void note_home(const NodeId& id, const Endpoint& endpoint);
  bool is_shared(const Endpoint& endpoint, const NodeId& id) const;
  bool is_taken(Instant now, const NodeId& id, const Endpoint& endpoint) const;
  void wait_for_answer(Instant now, const NodeId& id, Outbox& outbox);
  void ask_heirs(Instant now, Outbox& outbox);
  bool hear_of_heir(const Verdict& verdict);
  void succeed(Instant now, const NodeId& heir, const Endpoint& endpoint, Outbox& outbox);
  void replace(Instant now, const NodeId& ghost, Outbox& outbox);
  void inherit(Instant now, const NodeId& heir, Outbox& outbox);
  void settle_heirs(Instant now, const Endpoint& endpoint, Outbox& outbox);
  bool may_oust(Instant now, const NodeId& id) const;
  void oust(Instant now, const NodeId& ghost, Outbox& outbox);

  // doomed.cpp
  void doom(Instant now, const NodeId& id, Outbox& outbox);
  void acquit(const NodeId& id);
  /// Its machine is gone, as somebody says, and it has not answered since.
  bool is_doomed(const NodeId& id) const;
  void bury_if_doomed(Instant now, const NodeId& id, Outbox& outbox);

  // own_statement.cpp
  void raise_own(Incarnation incarnation, Outbox& outbox);
  void hear_of_self(Instant now, const MemberStatement& statement, Outbox& outbox);
  void hear_twin(Instant now, const Endpoint& endpoint, Outbox& outbox);
  void refute(Instant now, const NodeId& accuser, const Verdict& verdict, Outbox& outbox);

  const MembershipOptions options;
  const Mechanisms mechanisms;
  const NodeId self;
  MemberStatement own;
  Random random;
  MemberTable table;
  PeriodClock clock;
  ProbeSchedule schedule;
  Inquiries inquiries;
  Relays relays;
  LocalHealth health;
  SlowestAnswer slowest;
  std::map<NodeId, Suspicion> suspicions;  ///< Of live members, so not more than members_max.
  Deadlines<NodeId> suspicion_steps;       ///< When each of them is to be looked at again.
  /// Until when a suspect has time to answer before the word of another buries it.
  Deadlines<NodeId> hearings;
  ViewComparisons view_comparisons;
  StandingLinks links;
  std::map<NodeId, Refusal> refusals;
  Contacting contacting;
  Tombstones tombstones;
  Successions successions;
  EventWindow events;

  bool is_started = false;
  /// Whose verdict entry a statement has overtaken. Forgotten in a turn of its own, so that an
  /// order to forget cannot hit a newer verdict that came in the same packet.
  std::set<NodeId> superseded;
  std::set<NodeId> gave_way;  ///< Likewise, with all that is held of them.
  std::optional<Instant> superseded_at;
  std::optional<Instant>
      outbid_at;  ///< When this node last raised its incarnation for what it heard.
  Pace foreign_notices;
  Pace refused_notices;
  Pace echoes;
  Pace twin_alarms;
  Pace strangers;
  Pace crowd_alarms;
  Pace inquest_contacts;
  AskerShares
      inquest_shares;  ///< An inquest costs a ping, a look at all members, and five packets.
  AskerShares knock_shares;
  Allowance knocks_for_others;
  std::size_t echo_count = 0;  ///< Of our own voice from elsewhere, close together.
  std::optional<Instant> echoed_at;
  std::size_t cut_off_probes = 0;     ///< In a row, with nothing received meanwhile.
  std::size_t unanswered_probes = 0;  ///< In a row, and nothing else that we asked was answered.
  Instant unanswered_since{};
  /// Live members whose machines are gone, as somebody says; true: it has answered since. Members
  /// that go take their entry along.
  std::map<NodeId, bool> doomed;
};

}  // namespace gossamer::membership
