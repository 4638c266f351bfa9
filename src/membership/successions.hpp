#pragma once

#include <cstdint>
#include <map>

#include "base/instant.hpp"
#include "base/random.hpp"
#include "gossamer/membership_options.hpp"
#include "membership/membership.hpp"

namespace gossamer::membership {

/// Members that were heard at the address of another live one. A frame may be recorded and sent
/// again from anywhere, so each is pinged there: only who answers has taken the place. Bounded:
/// further ones wait until they are heard again.
class Successions {
 public:
  Successions(const MembershipOptions& options, std::uint64_t seed);

  /// Asks `heir` at `endpoint`, at most once in each probe_timeout.
  void ask(Instant now, const NodeId& heir, const Endpoint& endpoint, Outbox& outbox);
  /// True if it answers our ping in time. Where the answer comes from is the caller's to look at.
  bool on_ack(Instant now, const NodeId& from, std::uint64_t sequence);
  std::size_t size() const { return asked_.size(); }

  static constexpr std::size_t kAskedMax = 64;

 private:
  struct Asked {
    std::uint64_t sequence = 0;
    Instant at;
  };

  Duration timeout_;
  std::uint64_t next_sequence_;
  std::map<NodeId, Asked> asked_;
};

}  // namespace gossamer::membership
