#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <variant>
#include <vector>

#include "base/instant.hpp"
#include "base/interner.hpp"
#include "base/link_event.hpp"
#include "base/random.hpp"
#include "gossamer/events.hpp"
#include "gossamer/membership_options.hpp"
#include "gossip/effect.hpp"
#include "membership/mechanisms.hpp"
#include "membership/message.hpp"
#include "membership/statement.hpp"

namespace gossamer::membership {

/// Send one message, best effort. Losing it is always safe.
struct Send {
  Endpoint to;
  bool by_stream = false;  ///< TCP: the second opinion when a datagram stays unanswered.
  Message message;
};
/// Sign it as this node's statement and give it to gossip, to be told. The engine has taken it in
/// already: do not offer it back.
struct Publish {
  std::variant<MemberStatement, Verdict> statement;
};
/// Compare states with whoever is there: a seed, or a member that was down.
struct Contact {
  Endpoint to;
  /// It is doubted: the verdict rides along, for the rest of the comparison goes by stream, and
  /// that may not reach it. Zero: nobody.
  NodeId doubted{};
};
/// Keep a standing link to it; on_link tells when it opens, and when it ends. It is not kept up
/// again by itself.
struct Watch {
  Endpoint endpoint;
};
/// End that link. Nothing more is heard of it.
struct Unwatch {
  Endpoint endpoint;
};
/// Does anybody listen there? on_link tells, once.
struct Knock {
  Endpoint endpoint;
};
/// Tell the user.
struct Notify {
  Event event;
};
using Effect = std::variant<Send, Publish, Contact, Watch, Unwatch, Knock, gossip::Forget,
                            gossip::Hush, gossip::Unhush, Notify, gossip::Trace>;
using Outbox = std::vector<Effect>;

/// Of this node's probes since the start.
struct ProbeCounts {
  std::uint64_t begun = 0;
  std::uint64_t late = 0;    ///< Not answered in time, so others were asked.
  std::uint64_t silent = 0;  ///< Not answered at all.
};

/// SWIM: who is here, who is suspected, who is down. Pure: no clock, no I/O, no callback.
///
/// Inputs are the on_* calls; wishes come out of `outbox` in order. The same seed and inputs give
/// the same outbox. **Threads**: none.
class Membership {
 public:
  struct Self {
    NodeId id{};
    MemberStatement statement{};  ///< incarnation: the first of this boot.
    Duration clock_ahead{};       ///< Of the Instants: about what a wall clock shows.
  };
  Membership(const MembershipOptions& options, Self self, std::uint64_t seed,
             const Mechanisms& mechanisms = Mechanisms::chosen(),
             Interner<Member>* interner = nullptr);
  ~Membership();
  Membership(Membership&&) noexcept;

  /// Publishes the first statement and begins to probe.
  void start(Instant now, Outbox& outbox);
  /// Says goodbye under a new incarnation. Probing stops; the caller closes once rumours are told.
  void leave(Instant now, Outbox& outbox);

  /// This node holds other cluster keys now, the primary first: says so under a new incarnation.
  void restate_keys(std::vector<std::uint32_t> key_ids, Outbox& outbox);
  /// Where this node's machine is: says so under a new incarnation.
  void restate_zone(std::string zone, Outbox& outbox);

  /// Addresses that discovery found. Those that are no member's are contacted, now and again.
  void on_seeds(Instant now, std::vector<Endpoint> seeds, Outbox& outbox);

  /// Addresses of machines that will never run again, by the word of who runs them. A suspect there
  /// is down at once; a live member is probed at once, and down if it is silent. That alone kills
  /// nobody: whoever answers is live, and a word repeated later is not held against it.
  void on_gone(Instant now, const std::vector<Endpoint>& endpoints, Outbox& outbox);

  /// What this member says is believed no longer, for who admitted it did so up to now only. It is
  /// down at once, and told to be, so that it answers if it was admitted anew.
  void on_dismissed(Instant now, const NodeId& id, Outbox& outbox);

  /// Statements, already verified to be their author's. True: it changed what is believed, and is
  /// to be held and told. False: stale, refused or about what nobody cares for.
  /// A `down` of a member that is live here, said by one that is not, is taken as `suspect` and not
  /// held: after a split each side would else bury the other's living. Said by any other it counts
  /// when the accused has been suspect here for 4 x probe_timeout, and so has had time to answer.
  /// Who says that it lives where another live member is held counts as down until it has answered
  /// from there.
  bool on_member(Instant now, const NodeId& author, const MemberStatement& statement,
                 Outbox& outbox);
  bool on_verdict(Instant now, const NodeId& accuser, const Verdict& verdict, Outbox& outbox);

  /// `from` was authenticated as the sender of a datagram from `endpoint`; it may be a recorded
  /// one. If it lives there by its own statement, and so does a live member of another id, it is
  /// pinged again: its answer from there shows that it has replaced that one (a restart without its
  /// data directory), which is then down.
  /// A suspect or down member that is heard is told of it, so that it can refute.
  void on_heard(Instant now, const NodeId& from, const Endpoint& endpoint, Outbox& outbox);
  /// A frame from `from` was sealed under this node's identity by another process. When that, or
  /// statements of this node that it never made, come again and again, an Alarm says so.
  void on_twin(Instant now, const Endpoint& from, Outbox& outbox);
  /// `endpoint`: where an answer is to go; never a stream's source port.
  void on_message(Instant now, const NodeId& from, const Endpoint& endpoint, bool by_stream,
                  const Message& message, Outbox& outbox);
  /// What came of a Watch or a Knock.
  void on_link(Instant now, const Endpoint& peer, LinkEvent event, Outbox& outbox);
  void on_deadline(Instant now, Outbox& outbox);
  /// This process did not run for `gap` (stopped, starved, suspended). Called before anything else
  /// of the turn: verdicts in the making are dropped, deadlines shift by the gap.
  void on_stall(Instant now, Duration gap);

  /// A deadline was met so late, though this process ran: others are given as much more time.
  void on_late(Instant now, Duration late);

  std::optional<Instant> next_deadline() const;

  /// This node included. Rebuilt only when something changed.
  const MemberView& members() const;
  Incarnation incarnation() const;
  /// How long an answer of this member takes, smoothed; nothing if it was not measured.
  std::optional<Duration> round_trip(const NodeId& id) const;
  const ProbeCounts& probe_counts() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace gossamer::membership
