#pragma once

#include <compare>
#include <cstdint>
#include <memory>
#include <string>

#include "gossamer/bytes.hpp"
#include "gossamer/ids.hpp"

namespace gossamer::gossip {

/// What an entry is about. Values travel on the wire; append only.
enum class EntryKind : std::uint8_t {
  member = 1,    ///< What a node says of itself. owner: that node; version: its incarnation.
  verdict = 2,   ///< suspect or down, said by another. owner: the accused; version: see Verdict.
  record = 3,    ///< A naming record. owner: who published it; version: raised only by the owner.
  setting = 4,   ///< Cluster-wide configuration.
  spec = 5,      ///< "specs/NAME has version v". owner: zero; version: v.
  claim = 6,     ///< "unit U is claimed in epoch e by N". owner: zero; version: e.
  key_ring = 7,  ///< The cluster's keys. owner: zero, no name; version: see keys::RingStatement.
};

/// Kinds from here on are of later versions: whoever does not know one carries it (wire::Carried).
constexpr std::uint8_t kCarriedKindMin = 64;

/// What an entry is the newest version of.
struct EntryKey {
  EntryKind kind = EntryKind::member;
  NodeId owner{};
  std::string name{};

  friend auto operator<=>(const EntryKey&, const EntryKey&) = default;
};

/// One keyed entry: the unit of everything that gossip spreads. Of two with one key the higher
/// version wins, so merging is commutative, associative and idempotent.
struct Entry {
  EntryKey key{};
  std::uint64_t version = 0;
  SharedBytes statement{};  ///< The signed bytes, relayed verbatim.
};

/// An entry as replicas hold it. It does not change: a newer version is another.
struct HeldEntry {
  explicit HeldEntry(Entry entry_given);

  Entry entry;
  std::uint16_t bucket;  ///< Of those that comparisons are made by.
};
using SharedEntry = std::shared_ptr<const HeldEntry>;

}  // namespace gossamer::gossip
