#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <set>
#include <vector>

#include "base/instant.hpp"
#include "base/random.hpp"
#include "gossamer/membership_options.hpp"
#include "membership/member_table.hpp"
#include "membership/membership.hpp"

namespace gossamer::membership {

/// Whom to compare states with beside live members: seeds, for ever, which heals splits of any
/// length; members that are down, now and then; and whoever should hear something now.
///
/// Contacts leave in small groups, however many are due; the queue is bounded, and what is beyond
/// its bound is asked in a later round.
class Contacting {
 public:
  Contacting(const MembershipOptions& options, const Endpoint& self, std::uint64_t seed);

  void start(Instant now, const MemberTable& table, Outbox& outbox);
  void stop();
  /// Remembers them (the newest kSeedsMax) and contacts those that are no live member's at once.
  void on_seeds(Instant now, const std::vector<Endpoint>& seeds, const MemberTable& table,
                Outbox& outbox);
  /// Tell a member that it is doubted, unless that is settled before its turn comes.
  void warn(Instant now, const NodeId& id, const Endpoint& endpoint);
  /// Somebody who seems to exist and is not held.
  void ask(Instant now, const Endpoint& endpoint);
  /// Seeds just learnt, or nobody is left: from now on often, then less and less, down to once in
  /// reconnect_interval. Who is alone is woken by nothing else.
  void hurry(Instant now);

  void on_deadline(Instant now, const MemberTable& table, Outbox& outbox);
  std::optional<Instant> next_deadline() const;

  static constexpr std::size_t kSeedsMax = 256;

 private:
  enum class Reason : std::uint8_t { seed, warning, stranger };
  struct Due {
    Endpoint to;
    Reason reason = Reason::seed;
    NodeId id{};  ///< Who is warned; else zero.
  };
  void enqueue(Instant now, Due due);
  void retry(Instant now, const MemberTable& table);
  void send_some(Instant now, const MemberTable& table, Outbox& outbox);
  bool is_worth_it(const Due& due, const MemberTable& table) const;

  Duration reconnect_interval_;
  Endpoint self_;
  Random random_;
  std::deque<Endpoint> seeds_;
  std::size_t next_seed_ = 0;
  std::deque<Due> queue_;
  std::set<Endpoint> queued_;
  bool is_started_ = false;
  bool is_idle_ = false;  ///< Nobody was to be contacted: no reason to wake for the next retry.
  Duration gap_;          ///< From the next retry to the one after it.
  std::optional<Instant> next_retry_;
  std::optional<Instant> next_send_;
};

}  // namespace gossamer::membership
