#pragma once

#include <cstdint>
#include <map>
#include <optional>

#include "base/instant.hpp"
#include "base/random.hpp"
#include "gossamer/membership_options.hpp"
#include "membership/member_table.hpp"
#include "membership/membership.hpp"
#include "membership/sequences.hpp"

namespace gossamer::membership {

/// Pings on behalf of others: the answer is passed on; silence is a Nack after probe_timeout, for
/// who asked waits for one; after that an answer still counts for as long as the target may take.
/// Only members are pinged, and where they are held to live, so that nobody has us send to where he
/// likes. Bounded, for each requester too: further requests are dropped.
class Relays {
 public:
  Relays(const MembershipOptions& options, std::uint64_t seed);

  /// `requester` has asked, and is answered at `endpoint`. The target may take `answer_time`.
  void on_request(Instant now, const NodeId& requester, const Endpoint& endpoint,
                  const PingRequest& request, Duration answer_time, const MemberTable& table,
                  Outbox& outbox);
  /// True if it answers a ping sent for somebody else.
  bool on_ack(const NodeId& from, std::uint64_t sequence, Outbox& outbox);
  void on_deadline(Instant now, Outbox& outbox);
  /// We did not run: those who asked have given up.
  void clear() { relays_.clear(); }
  std::optional<Instant> next_deadline() const;
  std::size_t size() const { return relays_.size(); }

  static constexpr std::size_t kRelaysMax = 256;
  static constexpr std::size_t kRelaysOfOne = 16;

 private:
  struct Relay {
    NodeId target;
    NodeId requester;
    Endpoint answer_to;
    std::uint64_t requester_sequence = 0;
    Duration answer_time{};
    Instant next_step;  ///< Say Nack, then give up.
    bool has_nacked = false;
  };

  Duration timeout_;
  Sequences sequences_;
  std::map<std::uint64_t, Relay> relays_;
};

}  // namespace gossamer::membership
