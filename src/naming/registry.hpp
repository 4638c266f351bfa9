#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "base/instant.hpp"
#include "naming/record.hpp"

namespace gossamer::naming {

/// Names one record. The order is that of answers: by name, then ordinal, then node.
struct RecordId {
  std::string name{};
  std::uint32_t ordinal = 0;
  NodeId node{};

  friend auto operator<=>(const RecordId&, const RecordId&) = default;
};
RecordId id_of(const NameRecord& record);

/// A record and what is to become of it here.
struct Held {
  RecordStatement statement{};
  /// Since when it only waits to be forgotten: withdrawn, or of a node that no view has shown.
  std::optional<Instant> passing_since{};
  bool is_cached = false;  ///< From an earlier run, not heard since. Gossip does not hold it.
  /// Answered in an earlier run: its epoch need not be confirmed again to be answered, as stale.
  bool is_recalled = false;
  bool is_held_back = false;  ///< Its schema is not known here, and has not been lived with.
  bool is_hushed = false;     ///< Gossip holds it without telling it.
};

/// The records of this node and of others, tombstones and cached ones included, with the ways to
/// find them. Knows no rules.
class Registry {
 public:
  using Map = std::map<RecordId, Held>;
  using Range = std::pair<Map::const_iterator, Map::const_iterator>;

  Held* find(const RecordId& id);
  const Held* find(const RecordId& id) const;
  /// Replaces what was held under this id.
  Held& put(const RecordId& id, Held held);
  void erase(const RecordId& id);
  /// Makes room for one more by giving up a cached record. False if there is none.
  bool erase_one_cached();

  Range of_name(std::string_view name) const;
  Range of_unit(std::string_view name, std::uint32_t ordinal) const;
  /// A copy: the caller may change the registry while it walks.
  std::set<RecordId> of_node(const NodeId& node) const;
  const std::set<RecordId>& cached() const { return cached_; }
  const Map& all() const { return records_; }
  std::size_t size() const { return records_.size(); }
  bool has_schema(std::uint32_t schema) const { return schemas_.count(schema) == 1; }

 private:
  void uncount(const Held& held);

  Map records_;
  std::map<NodeId, std::set<RecordId>> by_node_;
  std::set<RecordId> cached_;
  std::map<std::uint32_t, std::size_t> schemas_;  ///< How many records are of it.
};

}  // namespace gossamer::naming
