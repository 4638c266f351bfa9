#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "base/instant.hpp"
#include "journal/entry.hpp"
#include "sim/sim_objects.hpp"
#include "sim/verdict.hpp"
#include "wire/data_key.hpp"

namespace gossamer::sim {

/// Reads along what the object store really holds, and knows of every unit who owned it when. What
/// it demands is what docs/STORAGE.md promises of journals, not how nodes go about it.
class JournalChecker {
 public:
  JournalChecker(const SimObjects& objects, const wire::DataKey& data_key, Complain complain)
      : objects_(objects), data_key_(data_key), complain_(std::move(complain)) {}

  void on_created(Instant now, const std::string& key, ByteView content);
  void on_removed(const std::string& key);
  /// Freezes that need this object are of no use any more.
  void on_damaged(const std::string& key);
  /// A node got a list of `prefix` that was true at `landed_at`.
  void on_listed(HostIndex host, const NodeId& node, const std::string& prefix, Instant landed_at);

  struct Claim {
    journal::Slot slot = 0;
    NodeId writer{};
    journal::Nonce nonce{};
    Instant landed_at{};
    std::optional<Instant> covered_at{};  ///< When the slot above it was taken.
    bool is_confirmed = false;            ///< Its writer has seen that nothing lay above.
  };
  /// Null: no claim of this epoch counts.
  const Claim* claim(const UnitId& unit, Epoch epoch) const;
  Epoch highest_epoch(const UnitId& unit) const;
  /// Whether a commit with this request lies in the journal, in an entry that counts.
  bool holds_request(const UnitId& unit, const std::string& request) const;
  /// Claims of `unit` above `epoch`, up to `through`.
  std::vector<Claim> claims_between(const UnitId& unit, Epoch epoch, Epoch through) const;

  std::uint64_t entries_seen() const { return entries_seen_; }

  /// Which unit a key below journal/ or files/ belongs to, and the rest of the key.
  static std::optional<std::pair<UnitId, std::string>> unit_of(std::string_view key);

 private:
  struct Entry {
    journal::EntryType type = journal::EntryType::claim;
    std::uint64_t content = 0;  ///< Hash of its bytes.
    journal::Slot covers = 0;
    std::string manifest_key{};
    std::shared_ptr<const journal::Manifest> manifest{};
    bool is_present = true;
  };
  struct Unit {
    journal::Slot tip = 0;
    Epoch highest = 0;
    journal::Sequence sequence = 0;  ///< Of the newest commit.
    bool is_withdrawn = false;
    std::uint64_t withdrawn_version = 0;
    std::map<journal::Slot, Entry> entries{};
    std::map<Epoch, Claim> claims{};
    std::map<journal::Slot, journal::Sequence> batch_ends{};
    std::map<journal::Sequence, std::uint64_t> commits{};  ///< Hashes.
    std::set<std::string> requests{};
  };

  void append(Instant now, const UnitId& id, Unit& unit, journal::Slot slot,
              const journal::JournalEntry& entry, Entry& held);
  void append_claim(Instant now, const std::string& where, Unit& unit, journal::Slot slot,
                    const journal::JournalEntry& entry);
  void append_batch(const std::string& where, Unit& unit, journal::Slot slot,
                    const journal::JournalEntry& entry);
  void append_freeze(const std::string& where, Unit& unit, const journal::JournalEntry& entry,
                     Entry& held);
  void check_freed_slot(const std::string& where, const journal::JournalEntry& entry,
                        const Entry& before, std::uint64_t content);
  /// The newest usable freezes, newest first, at most two.
  enum class Damaged : std::uint8_t { left_out, counted };
  std::vector<const Entry*> retained(const Unit& unit, Damaged damaged) const;
  bool is_damaged(const Entry& freeze) const;
  std::shared_ptr<const journal::Manifest> read_manifest(const std::string& key) const;

  const SimObjects& objects_;
  const wire::DataKey data_key_;
  Complain complain_;
  std::map<UnitId, Unit> units_;
  std::set<std::string> damaged_;
  std::uint64_t entries_seen_ = 0;
};

}  // namespace gossamer::sim
