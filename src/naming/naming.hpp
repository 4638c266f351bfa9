#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/instant.hpp"
#include "gossamer/membership.hpp"
#include "gossamer/naming_record.hpp"
#include "gossip/effect.hpp"
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
using Effect = std::variant<Publish, Changed, ConfirmEpoch, gossip::Forget, gossip::Hush, gossip::Trace>;
using Outbox = std::vector<Effect>;

/// The registry of names: records owned by their node, merged by version. Pure.
///
/// A record counts while its node is live and it is not withdrawn. Of one owned unit only the record
/// of the highest confirmed epoch counts, and an epoch once returned is never undercut: while its
/// owner is down and nobody has published a higher one, the answer is empty.
/// **Threads**: none.
class Naming {
 public:
  struct Options {
    std::uint64_t first_version = 1;  ///< Higher than any of an earlier boot.
    Duration tombstone_time = std::chrono::minutes{10};
    std::size_t records_max = 100'000;
  };
  Naming(NodeId self, Options options);

  /// Errors: invalid_argument names the bad field; resource_exhausted at records_max.
  Result<void> publish(Instant now, NameRecord record, Outbox& outbox);
  void withdraw(Instant now, const std::string& name, std::uint32_t ordinal, Outbox& outbox);

  /// Verified to be the author's. True: held and to be told.
  bool on_record(Instant now, const NodeId& author, const RecordStatement& statement,
                 Outbox& outbox);
  /// A claim was announced, or read in the journal: epochs up to it are real, lower ones are over.
  void on_claim(Instant now, const UnitId& unit, Epoch epoch, Outbox& outbox);
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
  std::size_t record_count() const { return records_.size(); }

 private:
  struct Held {
    RecordStatement statement;
    std::optional<Instant> withdrawn_at;
    bool is_told = true;
  };
  bool counts(const RecordStatement& statement) const;
  void note_epoch(Instant now, const RecordStatement& statement, Outbox& outbox);

  NodeId self_;
  Options options_;
  std::uint64_t next_version_;
  MemberView members_;
  std::map<gossip::EntryKey, Held> records_;
  std::map<std::string, std::set<gossip::EntryKey>, std::less<>> by_name_;
  std::map<UnitId, Epoch> confirmed_;
  std::set<UnitId> asked_;
};

}  // namespace gossamer::naming
