#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <set>
#include <string_view>
#include <vector>

#include "base/interner.hpp"
#include "base/sorted_chunks.hpp"
#include "gossip/entry.hpp"
#include "gossip/message.hpp"
#include "gossip/statement_index.hpp"

namespace gossamer::gossip {

/// The entries held, with a hash of the whole and of each bucket kept up to date with every change:
/// the xor of hash64(kind, owner, name, version). Statements do not count: they follow from these.
///
/// **Lifetime**: an entry stays where it is until a newer version of it comes, or it is erased.
class Replica {
 public:
  explicit Replica(Interner<HeldEntry>* interner = nullptr) : interner_(interner) {}

  const Entry* find(const EntryKey& key) const;
  /// The entry whose statement is exactly this. May miss one that is held.
  const Entry* find_statement(ByteView statement) const { return statements_.find(statement); }
  /// Requires: newer than what is held.
  const Entry& store(Entry entry);
  void erase(const EntryKey& key);
  /// Takes it out of the digests and of what is offered, but not out of the table.
  void hush(const EntryKey& key);
  void unhush(const EntryKey& key);
  bool is_hushed(const EntryKey& key) const;

  std::uint64_t digest() const;
  std::vector<std::uint64_t> bucket_digests() const;
  static std::uint16_t bucket_of(const EntryKey& key);
  /// Entries of these buckets that are not hushed, in key order.
  std::vector<const Entry*> entries_in(const std::vector<std::uint16_t>& buckets) const;
  std::size_t size() const { return held_.size(); }
  /// Entries that count: not hushed.
  std::size_t told_count() const { return held_.size() - hushed_.size(); }
  std::size_t count(EntryKind kind) const;
  /// Of entries that nobody owns: those whose name begins with `prefix`.
  std::vector<EntryKey> ownerless(EntryKind kind, std::string_view prefix) const;

 private:
  /// So that a key is held once, in its entry.
  struct ByKey {
    bool operator()(const SharedEntry& a, const SharedEntry& b) const {
      return a->entry.key < b->entry.key;
    }
    bool operator()(const SharedEntry& a, const EntryKey& b) const { return a->entry.key < b; }
    bool operator()(const EntryKey& a, const SharedEntry& b) const { return a < b->entry.key; }
  };
  void toggle(const HeldEntry& held);

  Interner<HeldEntry>* interner_;
  SortedChunks<SharedEntry, ByKey> held_;
  std::set<EntryKey> hushed_;  ///< Few: who died and is about to be forgotten.
  StatementIndex statements_;
  std::map<EntryKind, std::size_t> counts_;
  std::array<std::uint64_t, kBucketCount> digests_{};
};

}  // namespace gossamer::gossip
