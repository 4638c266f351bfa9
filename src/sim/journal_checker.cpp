#include "sim/journal_checker.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "base/hash.hpp"
#include "sim/ledger.hpp"
#include "wire/storage.hpp"

namespace gossamer::sim {
namespace {

using journal::EntryType;
using journal::JournalEntry;
using journal::Slot;

constexpr std::size_t kEntryBytesMax = 4 * 1024 * 1024;

}  // namespace

std::optional<std::pair<UnitId, std::string>> JournalChecker::unit_of(std::string_view key) {
  const std::size_t room = key.find('/');
  if (room == std::string_view::npos) return std::nullopt;
  const std::string_view top = key.substr(0, room);
  if (top != "journal" && top != "files") return std::nullopt;
  const std::size_t service = key.find('/', room + 1);
  if (service == std::string_view::npos) return std::nullopt;
  const std::size_t ordinal = key.find('/', service + 1);
  if (ordinal == std::string_view::npos) return std::nullopt;
  UnitId unit;
  unit.service = std::string{key.substr(room + 1, service - room - 1)};
  const std::string_view digits = key.substr(service + 1, ordinal - service - 1);
  std::from_chars(digits.data(), digits.data() + digits.size(), unit.ordinal);
  return std::pair{unit, std::string{key.substr(ordinal + 1)}};
}

void JournalChecker::on_created(Instant now, const std::string& key, ByteView content) {
  const auto named = unit_of(key);
  if (!named) return;
  const Slot slot = journal::slot_of(named->first, key);
  if (slot == 0) return;
  ++entries_seen_;
  const std::string where = fmt::format("{} slot {}", to_string(named->first), slot);
  if (content.size() > kEntryBytesMax)
    complain_(fmt::format("{} has {} bytes", where, content.size()));
  const Result<JournalEntry> entry = wire::decode_journal_entry(content, {data_key_, key});
  if (!entry) return complain_(fmt::format("{} cannot be read: {}", where, entry.error().detail));

  Unit& unit = units_[named->first];
  const std::uint64_t hash = hash64(content);
  const auto before = unit.entries.find(slot);
  if (slot <= unit.tip) {
    if (before != unit.entries.end()) check_freed_slot(where, *entry, before->second, hash);
    if (before != unit.entries.end()) before->second.is_present = before->second.content == hash;
    return;
  }
  if (slot != unit.tip + 1) complain_(fmt::format("{} leaves a gap above {}", where, unit.tip));
  Entry held;
  held.type = entry->type;
  held.content = hash;
  held.covers = entry->covers;
  append(now, named->first, unit, slot, *entry, held);
  unit.tip = slot;
  unit.entries[slot] = std::move(held);
}

void JournalChecker::check_freed_slot(const std::string& where, const JournalEntry& entry,
                                      const Entry& before, std::uint64_t content) {
  // A late copy of what was there is harmless, and so is a claim, as long as nobody believes in it.
  if (before.content == content) return;
  if (before.is_present) return complain_(fmt::format("{} was taken, and is overwritten", where));
  if (entry.type == EntryType::claim || entry.type == EntryType::withdrawn) return;
  complain_(fmt::format("{}: epoch {} of {} was written into a freed slot", where, entry.epoch,
                        to_short_string(entry.writer)));
}

void JournalChecker::append(Instant now, const UnitId& id, Unit& unit, Slot slot,
                            const JournalEntry& entry, Entry& held) {
  const std::string where = fmt::format("{} slot {}", to_string(id), slot);
  const auto current = unit.claims.find(unit.highest);
  if (current != unit.claims.end() && !current->second.covered_at) current->second.covered_at = now;
  if (entry.type == EntryType::claim) return append_claim(now, where, unit, slot, entry);
  if (entry.type == EntryType::withdrawn) {
    unit.is_withdrawn = true;
    unit.withdrawn_version = std::max(unit.withdrawn_version, entry.spec_version);
    return;
  }
  if (entry.epoch != unit.highest || current == unit.claims.end() ||
      current->second.writer != entry.writer || current->second.nonce != entry.nonce) {
    return complain_(
        fmt::format("{}: a stale owner ({} in epoch {}) wrote above the claim of epoch {}", where,
                    to_short_string(entry.writer), entry.epoch, unit.highest));
  }
  if (unit.is_withdrawn) {
    complain_(fmt::format("{}: epoch {} wrote above withdrawn({})", where, entry.epoch,
                          unit.withdrawn_version));
  }
  if (entry.type == EntryType::batch) return append_batch(where, unit, slot, entry);
  append_freeze(where, unit, entry, held);
}

void JournalChecker::append_claim(Instant now, const std::string& where, Unit& unit, Slot slot,
                                  const JournalEntry& entry) {
  if (entry.epoch != unit.highest + 1) {
    complain_(fmt::format("{}: {} claims epoch {} above epoch {}", where,
                          to_short_string(entry.writer), entry.epoch, unit.highest));
  }
  if (unit.is_withdrawn && entry.spec_version <= unit.withdrawn_version) {
    complain_(fmt::format("{}: claimed for spec {} above withdrawn({})", where, entry.spec_version,
                          unit.withdrawn_version));
  }
  unit.is_withdrawn = false;
  unit.highest = entry.epoch;
  unit.claims[entry.epoch] = {slot, entry.writer, entry.nonce, now, {}, false};
}

void JournalChecker::append_batch(const std::string& where, Unit& unit, Slot slot,
                                  const JournalEntry& entry) {
  if (entry.commits.empty()) complain_(where + ": an empty batch");
  for (const journal::Commit& commit : entry.commits) {
    const std::uint64_t hash = hash64(commit.bytes);
    const auto known = unit.commits.find(commit.sequence);
    if (known != unit.commits.end() && known->second != hash) {
      complain_(fmt::format("{}: sequence {} was another write before", where, commit.sequence));
    }
    if (commit.sequence > unit.sequence + 1) {
      complain_(fmt::format("{}: sequence {} after {}", where, commit.sequence, unit.sequence));
    }
    unit.commits[commit.sequence] = hash;
    unit.sequence = std::max(unit.sequence, commit.sequence);
    if (const Result<WriteBatch> batch = wire::decode_operations(commit.bytes)) {
      for (std::string& id : requests_in(*batch)) unit.requests.insert(std::move(id));
    } else {
      complain_(fmt::format("{}: sequence {} cannot be read", where, commit.sequence));
    }
  }
  unit.batch_ends[slot] = unit.sequence;
}

std::shared_ptr<const journal::Manifest> JournalChecker::read_manifest(
    const std::string& key) const {
  const auto object = objects_.contents().find(key);
  if (object == objects_.contents().end()) return nullptr;
  Result<journal::Manifest> manifest = wire::decode_manifest(*object->second, {data_key_, key});
  if (!manifest) return nullptr;
  return std::make_shared<const journal::Manifest>(std::move(*manifest));
}

void JournalChecker::append_freeze(const std::string& where, Unit& unit, const JournalEntry& entry,
                                   Entry& held) {
  held.manifest_key = entry.manifest_key;
  if (damaged_.count(entry.manifest_key) == 1) return;
  held.manifest = read_manifest(entry.manifest_key);
  if (!held.manifest) return complain_(where + ": a freeze without a readable manifest");
  auto covered = unit.batch_ends.upper_bound(entry.covers);
  const journal::Sequence needed =
      covered == unit.batch_ends.begin() ? 0 : std::prev(covered)->second;
  if (held.manifest->sequence < needed) {
    complain_(fmt::format("{}: the freeze covers slot {} up to sequence {}, its files end at {}",
                          where, entry.covers, needed, held.manifest->sequence));
  }
  if (entry.covers > unit.tip) complain_(where + ": the freeze covers slots that are not there");
  for (const journal::ManifestFile& file : held.manifest->files) {
    const auto object = objects_.contents().find(file.key);
    if (object == objects_.contents().end()) {
      complain_(fmt::format("{}: the freeze lacks its file {}", where, file.key));
    } else if (content_hash(*object->second) != file.hash && damaged_.count(file.key) == 0) {
      complain_(fmt::format("{}: the freeze's file {} is another", where, file.key));
    }
  }
}

void JournalChecker::on_damaged(const std::string& key) {
  damaged_.insert(key);
}

bool JournalChecker::is_damaged(const Entry& freeze) const {
  if (damaged_.empty()) return false;
  if (!freeze.manifest || damaged_.count(freeze.manifest_key) == 1) return true;
  return std::any_of(
      freeze.manifest->files.begin(), freeze.manifest->files.end(),
      [&](const journal::ManifestFile& file) { return damaged_.count(file.key) == 1; });
}

std::vector<const JournalChecker::Entry*> JournalChecker::retained(const Unit& unit,
                                                                   Damaged damaged) const {
  std::vector<const Entry*> freezes;
  for (auto at = unit.entries.rbegin(); at != unit.entries.rend() && freezes.size() < 2; ++at) {
    const Entry& entry = at->second;
    if (entry.type != EntryType::freeze || !entry.is_present) continue;
    if (damaged == Damaged::counted || !is_damaged(entry)) freezes.push_back(&entry);
  }
  return freezes;
}

void JournalChecker::on_removed(const std::string& key) {
  const auto named = unit_of(key);
  if (!named) return;
  const auto found = units_.find(named->first);
  if (found == units_.end()) return;
  Unit& unit = found->second;
  const Slot slot = journal::slot_of(named->first, key);
  if (slot == 0) {
    for (const Entry* freeze : retained(unit, Damaged::left_out)) {
      if (!freeze->manifest) continue;
      for (const journal::ManifestFile& file : freeze->manifest->files) {
        if (file.key == key)
          complain_(fmt::format("the file {} of a retained freeze was deleted", key));
      }
    }
    return;
  }
  const auto entry = unit.entries.find(slot);
  if (entry == unit.entries.end() || !entry->second.is_present) return;
  entry->second.is_present = false;
  const EntryType type = entry->second.type;
  if (type == EntryType::claim || type == EntryType::withdrawn) {
    complain_(fmt::format("{} slot {}: a claim or withdrawal was deleted", to_string(named->first),
                          slot));
    return;
  }
  // Whoever ordered the delete may not have known of damage that came since.
  const auto covered = [&](Damaged damaged) {
    const std::vector<const Entry*> freezes = retained(unit, damaged);
    return freezes.size() < 2 ? 0 : freezes.back()->covers;
  };
  const Slot covers = std::max(covered(Damaged::left_out), covered(Damaged::counted));
  if (slot > covers) {
    complain_(fmt::format("{} slot {} was deleted, and the oldest retained freeze covers {}",
                          to_string(named->first), slot, covers));
  }
}

void JournalChecker::on_listed(HostIndex, const NodeId& node, const std::string& prefix,
                               Instant landed_at) {
  const auto named = unit_of(prefix);
  const auto found = named ? units_.find(named->first) : units_.end();
  if (found == units_.end()) return;
  for (auto& [epoch, claim] : found->second.claims) {
    if (claim.writer != node || claim.is_confirmed || landed_at < claim.landed_at) continue;
    claim.is_confirmed = !claim.covered_at || landed_at <= *claim.covered_at;
  }
}

const JournalChecker::Claim* JournalChecker::claim(const UnitId& unit, Epoch epoch) const {
  const auto found = units_.find(unit);
  if (found == units_.end()) return nullptr;
  const auto claim = found->second.claims.find(epoch);
  return claim == found->second.claims.end() ? nullptr : &claim->second;
}

Epoch JournalChecker::highest_epoch(const UnitId& unit) const {
  const auto found = units_.find(unit);
  return found == units_.end() ? 0 : found->second.highest;
}

bool JournalChecker::holds_request(const UnitId& unit, const std::string& request) const {
  const auto found = units_.find(unit);
  return found != units_.end() && found->second.requests.count(request) == 1;
}

std::vector<JournalChecker::Claim> JournalChecker::claims_between(const UnitId& unit, Epoch epoch,
                                                                  Epoch through) const {
  std::vector<Claim> claims;
  const auto found = units_.find(unit);
  if (found == units_.end()) return claims;
  auto at = found->second.claims.upper_bound(epoch);
  for (; at != found->second.claims.end() && at->first <= through; ++at)
    claims.push_back(at->second);
  return claims;
}

}  // namespace gossamer::sim
