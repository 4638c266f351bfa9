#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "base/instant.hpp"
#include "gossamer/membership.hpp"

namespace gossamer::naming {

/// Which form the attributes of a record have; see NameRecord::schema.
using Schema = std::uint32_t;

/// Holds back records of a form that this program was not built for, until a few members have lived
/// with them: a record that kills who reads it kills those few and not all (what one new field of a
/// configuration did to every proxy of a fleet in 2024 is in docs/PROTOCOL.md).
///
/// The few are chosen alike everywhere, by hash of schema and node, so nothing needs to be said:
/// they read such records at once, and the others watch them. When `survival` has passed in which
/// none of them went down or started again, the records are read here too; else they wait as long
/// once more. Nodes that do not hear of a schema at the same time may end up with one or two more
/// readers.
///
/// Who has been down for `survival` when a trial begins gives his place to the next, but once three
/// have gone down within trials of the schema nobody replaces them: it is held back until they
/// live. Who came less than kProbation ago is chosen after all others, so his end tells nothing.
///
/// Bounds: kSchemasMax trials, kTrialsPerAuthorMax unfinished ones of one author's records. When
/// all are taken a schema that no record has goes first, then one of the author with the most.
class Canaries {
 public:
  struct Options {
    std::set<Schema> known{};  ///< That the program was built for. 0 always is.
    std::size_t count = 3;
    Duration survival = std::chrono::seconds{30};
    /// A node that has just started sees itself alone, and would choose itself: it chooses later.
    Duration settling = std::chrono::seconds{10};
  };
  static constexpr std::size_t kSchemasMax = 256;
  static constexpr std::size_t kTrialsPerAuthorMax = 4;
  static constexpr std::size_t kDeathsMax = 3;
  static constexpr Duration kProbation = std::chrono::minutes{10};

  Canaries(NodeId self, Options options) : self_(std::move(self)), options_(std::move(options)) {}

  bool is_read(Schema schema) const;
  /// This program publishes records of it, so it knows the form.
  void know(Schema schema) { options_.known.insert(schema); }
  /// A record of it is here. False: it is new, and there is no room for a trial: it is held back
  /// without one, until told of again.
  bool on_heard(Instant now, Schema schema, const NodeId& author, const MemberView& members);
  /// No record of it is here any more.
  void on_gone(Schema schema);
  bool is_tried(Schema schema) const { return trials_.contains(schema); }
  /// Those that went down or started again.
  void on_members(Instant now, const MemberView& members);

  struct Ended {
    Schema schema = 0;
    bool is_passed = false;
    /// Of a trial that failed for the first time: who ended. Empty: none was there.
    std::string casualty{};
    bool is_first = false;
  };
  /// Trials that ended by now. Those that failed have begun anew.
  std::vector<Ended> take_ended(Instant now, const MemberView& members);
  std::optional<Instant> next_deadline() const;

 private:
  struct Trial {
    NodeId author{};  ///< Whose record was the first of it.
    bool is_gone = false;
    Instant until{};
    bool is_begun = false;  ///< The canaries are chosen.
    bool is_passed = false;
    bool has_failed_before = false;
    std::map<NodeId, std::uint64_t> canaries{};  ///< Those that were live, and their boot.
    std::string casualty{};
    std::set<NodeId> dead{};  ///< Who went down in this trial or an earlier one.
  };
  /// Since when a member has been in view, if not from the beginning, and down.
  struct Presence {
    std::optional<Instant> come_at{};
    std::optional<Instant> down_since{};
  };
  void note_presence(Instant now, const MemberView& members);
  bool is_newcomer(Instant now, const NodeId& id) const;
  bool has_place(Instant now, const Trial& trial, const Member& member) const;
  bool make_room(const NodeId& author);
  bool give_up_gone(const NodeId* author);
  void begin(Instant now, Schema schema, const MemberView& members, Trial& trial) const;
  std::vector<const Member*> chosen(Instant now, Schema schema, const Trial& trial,
                                    const MemberView& members) const;

  NodeId self_;
  Options options_;
  std::optional<Instant> settled_at_{};
  std::map<Schema, Trial> trials_;
  MemberView seen_{};
  std::map<NodeId, Presence> presence_;  ///< Of newcomers, and of those that are down.
};

}  // namespace gossamer::naming
