#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/instant.hpp"
#include "base/random.hpp"
#include "gossamer/membership.hpp"
#include "gossamer/membership_options.hpp"
#include "gossip/effect.hpp"
#include "gossip/message.hpp"
#include "gossip/replica.hpp"
#include "gossip/rumour_queue.hpp"

namespace gossamer::gossip {

/// Send one message with these entries. As a datagram, best effort; or as a stream frame, which
/// has no size limit worth the name and arrives or is lost whole.
struct Send {
  Endpoint to;
  bool by_stream = false;
  Message message;
  std::vector<Entry> entries;
};
using Effect = std::variant<Send, Trace>;
using Outbox = std::vector<Effect>;

/// The one rumour queue and the one anti-entropy, for keyed entries. Knows nothing of what they
/// mean: the engines above decide what is put in and taken out.
///
/// Inputs are the on_* calls; wishes come out of `outbox`. No clock, no I/O, no callback.
/// **Threads**: none.
class Gossip {
 public:
  Gossip(const MembershipOptions& options, NodeId self, std::uint64_t seed);

  /// True if `version` of `key` is newer than what is held.
  bool is_news(const EntryKey& key, std::uint64_t version) const;
  /// Holds the entry if it is news, and queues it as a rumour. False if it was not news.
  bool put(Instant now, Entry entry);
  /// Stops holding it, and stops telling it.
  void erase(const EntryKey& key);
  /// Holds it still, but compares and offers it no longer: it is about to be forgotten everywhere.
  void hush(const EntryKey& key);
  const Replica& replica() const { return replica_; }

  /// Rumours to ride on a packet: at most `bytes_max` of statements, least-told first.
  std::vector<Entry> ride_along(std::size_t bytes_max);

  /// Opens a comparison with one node, whose id may be unknown (a seed). `own` rides along.
  void contact(Instant now, const Endpoint& to, std::vector<Entry> own, Outbox& outbox);

  /// The entries of a packet were already given to put() by the driver.
  void on_message(Instant now, const Endpoint& from, const Message& message, Outbox& outbox);
  void on_deadline(Instant now, const MemberView& members, Outbox& outbox);

  /// When on_deadline wants to run next. Early or spurious calls are harmless.
  std::optional<Instant> next_deadline() const;

 private:
  void spread(Instant now, const MemberView& members, Outbox& outbox);
  void compare(Instant now, const MemberView& members, Outbox& outbox);

  MembershipOptions options_;
  NodeId self_;
  Random random_;
  Replica replica_;
  RumourQueue rumours_;
  std::size_t live_count_ = 1;
  std::optional<Instant> next_spread_;
  std::optional<Instant> next_compare_;
};

}  // namespace gossamer::gossip
