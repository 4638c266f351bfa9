#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/instant.hpp"
#include "gossamer/events.hpp"
#include "gossamer/membership.hpp"
#include "gossamer/naming_record.hpp"
#include "gossip/effect.hpp"
#include "naming/canaries.hpp"
#include "naming/record.hpp"

namespace gossamer::naming {

/// Sign it as this node's statement and give it to gossip.
struct Publish {
  RecordStatement statement;
};
/// The answer to resolve(name) has changed.
struct Changed {
  std::string name;
};
/// A record carries an epoch that no claim seen here announced: look into the journal, and feed
/// the highest epoch found there back as on_claim.
struct ConfirmEpoch {
  UnitId unit;
};
struct Notify {
  Event event;
};
using Effect = std::variant<Publish, Changed, ConfirmEpoch, Notify, gossip::Forget, gossip::Hush, gossip::Trace>;
using Outbox = std::vector<Effect>;

/// The registry of names: records owned by their node, merged by version. Pure.
///
/// A record counts while its node is live and it is not withdrawn. Of one owned unit only the record
/// of the highest confirmed epoch counts, and an epoch once returned is never undercut: while its
/// owner is down and nobody has published a higher one, the answer is empty. A unit that was claimed
/// once is owned from then on: records of it without an epoch count no longer.
///
/// The epochs of records_max units are remembered. At that bound those of a service that was
/// undeployed, and forgotten, give way; no other does, and the records of a unit for which there is
/// no room never count, which is the safe side. So an epoch is undercut only if its service was
/// deployed anew after records_max others, and even then it is asked for in the journal first, which
/// forgets no claim.
/// **Threads**: none.
class Naming {
 public:
  struct Options {
    std::uint64_t first_version = 1;  ///< Higher than any of an earlier boot.
    Duration tombstone_time = std::chrono::minutes{10};
    std::size_t records_max = 100'000;
    Canaries::Options canaries{};
  };
  Naming(NodeId self, Options options);
  ~Naming();
  Naming(Naming&&) noexcept;

  /// Errors: invalid_argument names the bad field; resource_exhausted at records_max.
  Result<void> publish(Instant now, NameRecord record, Outbox& outbox);
  void withdraw(Instant now, const std::string& name, std::uint32_t ordinal, Outbox& outbox);

  /// Verified to be the author's. True: held and to be told. What an earlier run of this node left
  /// behind is answered with a withdrawal.
  bool on_record(Instant now, const NodeId& author, const RecordStatement& statement,
                 Outbox& outbox);
  /// A claim was announced, or read in the journal: epochs up to it are real, lower ones are over.
  void on_claim(Instant now, const UnitId& unit, Epoch epoch, Outbox& outbox);
  /// The service was undeployed so long ago that nobody speaks of its claims any more: the epochs of
  /// its units may give way to others, once those of records_max units are remembered.
  void on_forgotten(const std::string& service);
  void on_members(Instant now, const MemberView& members, Outbox& outbox);
  /// From the cache of an earlier run: answers until something newer is known, marked stale.
  void on_cached(const NodeId& author, const RecordStatement& statement);
  void on_deadline(Instant now, Outbox& outbox);
  std::optional<Instant> next_deadline() const;

  /// Live records of `name`, by ordinal, then node.
  std::vector<NameRecord> resolve(std::string_view name) const;
  /// The record that counts for one owned unit.
  std::optional<NameRecord> resolve(const UnitId& unit) const;
  std::vector<std::string> names() const;
  /// Held, tombstones and cached ones included.
  std::size_t record_count() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace gossamer::naming
