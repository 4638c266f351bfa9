#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "base/deadlines.hpp"
#include "base/instant.hpp"
#include "base/random.hpp"
#include "gossamer/membership_options.hpp"
#include "membership/membership.hpp"
#include "membership/sequences.hpp"

namespace gossamer::membership {

/// Members that were heard of, or heard, at the address of another live one. Statements are hearsay
/// and a frame may be recorded and sent again, so they are pinged there; an answer shows that they
/// have replaced that one. Those that are not live otherwise wait for it, and count as down until
/// then: so an address never has two live members. Bounded: so many are asked at once, further ones
/// later; who waits is held in the member table.
class Successions {
 public:
  Successions(const MembershipOptions& options, std::uint64_t seed);

  /// Asks `heir` at `endpoint`, at most once in each probe_timeout.
  void ask(Instant now, const NodeId& heir, const Endpoint& endpoint, Outbox& outbox);
  /// True if it answers our ping in time. Where the answer comes from is the caller's to look at.
  bool on_ack(Instant now, const NodeId& from, std::uint64_t sequence);
  std::size_t size() const { return asked_.size(); }

  /// It waits from now on, and is to be asked at once and some times more.
  void wait(Instant now, const NodeId& heir);
  void stop_waiting(const NodeId& heir);
  bool waits(const NodeId& heir) const { return waiting_.contains(heir); }
  /// It waits, and has not been asked as often as anybody is.
  bool is_fresh(const NodeId& heir) const;
  std::vector<NodeId> waiting() const;
  /// Who of them is to be asked now; not more than can be.
  std::vector<NodeId> take_due(Instant now);
  std::optional<Instant> next_deadline() const { return steps_.next(); }

  static constexpr std::size_t kAskedMax = 64;
  /// Times that one who waits is asked, each after twice the time of the one before.
  static constexpr int kTimesAsked = 7;

 private:
  struct Asked {
    std::uint64_t sequence = 0;
    Instant at;
  };
  void expire(Instant now);

  Duration gap_;
  Duration answer_time_;
  Sequences sequences_;
  std::map<NodeId, Asked> asked_;
  std::map<NodeId, int> waiting_;  ///< How often they were asked.
  Deadlines<NodeId> steps_;
};

}  // namespace gossamer::membership
