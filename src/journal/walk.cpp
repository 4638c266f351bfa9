// Rule 4 and the order of rule 5: where the journal begins, and that nothing is missing in it.

#include "journal/walk.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/assert.hpp"

namespace gossamer::journal {
namespace {

std::size_t bytes_of(const JournalEntry& entry) {
  std::size_t bytes = sizeof(JournalEntry);
  for (const Commit& commit : entry.commits) bytes += sizeof(Commit) + commit.bytes.size();
  return bytes;
}

/// A batch holds writes, in order, without gaps; another entry holds none.
bool is_well_formed(const JournalEntry& entry) {
  if (entry.type != EntryType::batch) return entry.commits.empty();
  if (entry.commits.empty() || entry.commits.front().sequence == 0) return false;
  Sequence expected = entry.commits.front().sequence;
  return std::all_of(entry.commits.begin(), entry.commits.end(),
                     [&](const Commit& commit) { return commit.sequence == expected++; });
}

}  // namespace

void Walk::begin(Slot claim_slot, Epoch claim_epoch, std::vector<Slot> slots) {
  *this = Walk{};
  claim_slot_ = claim_slot;
  claim_epoch_ = claim_epoch;
  slots_ = std::move(slots);
  unread_ = slots_.size();
  known_down_to_ = claim_slot;
  advance();
}

std::optional<Slot> Walk::next_to_read() {
  while (unread_ > 0 && headers_.contains(slots_[unread_ - 1])) --unread_;
  if (unread_ == 0) return std::nullopt;
  const Slot slot = slots_[unread_ - 1];
  if (verdict_ != Verdict::incomplete && !seeks_claims_) return std::nullopt;
  // Reading ahead stops at the covered slot, once that is known.
  if (freeze_slot_ != 0 && slot <= covered() && !seeks_claims_) return std::nullopt;
  --unread_;
  return slot;
}

void Walk::on_entry(Slot slot, std::shared_ptr<const JournalEntry> entry) {
  Header header;
  header.is_readable = entry != nullptr && is_well_formed(*entry);
  if (header.is_readable) {
    header.entry.type = entry->type;
    header.entry.epoch = entry->epoch;
    header.entry.writer = entry->writer;
    header.entry.nonce = entry->nonce;
    header.entry.spec_version = entry->spec_version;
    header.entry.manifest_key = entry->manifest_key;
    header.entry.covers = entry->covers;
    header.entry.attempt = entry->attempt;
    if (entry->type == EntryType::freeze && entry->covers > slot) header.is_readable = false;
    if (!entry->commits.empty()) {
      header.first = entry->commits.front().sequence;
      header.last = entry->commits.back().sequence;
      const std::size_t bytes = bytes_of(*entry);
      if (body_bytes_ + bytes <= kBodyBytesMax && bodies_.emplace(slot, entry).second) {
        body_bytes_ += bytes;
      }
    }
  }
  headers_.insert_or_assign(slot, std::move(header));
  advance();
}

void Walk::on_absent(Slot slot) {
  Header header;
  header.is_absent = true;
  headers_.insert_or_assign(slot, std::move(header));
  advance();
}

void Walk::advance() {
  while (verdict_ == Verdict::incomplete) {
    const Slot next = known_down_to_ - 1;
    if (next == 0 || (freeze_slot_ != 0 && next <= covered())) {
      verdict_ = Verdict::complete;
      return;
    }
    const auto found = headers_.find(next);
    const bool is_known = found != headers_.end();
    if (is_known ? found->second.is_absent : !is_listed(next)) {
      verdict_ = Verdict::gap;
      trouble_ = fmt::format("slot {} is missing", next);
      return;
    }
    if (!is_known) return;
    if (!found->second.is_readable) {
      verdict_ = Verdict::broken;
      trouble_ = fmt::format("the entry in slot {} cannot be read", next);
      return;
    }
    if (!follows(next)) {
      verdict_ = Verdict::broken;
      trouble_ = fmt::format("the epoch in slot {} contradicts its neighbour's", next);
      return;
    }
    known_down_to_ = next;
    const bool is_freeze = found->second.entry.type == EntryType::freeze;
    if (is_freeze && freeze_slot_ == 0 && !rejected_.contains(next)) freeze_slot_ = next;
  }
}

/// A claim raises the epoch; nothing else changes it, and nothing lowers it.
bool Walk::follows(Slot lower) const {
  const JournalEntry& below = headers_.at(lower).entry;
  if (lower + 1 == claim_slot_) return below.epoch < claim_epoch_;
  const JournalEntry& above = headers_.at(lower + 1).entry;
  return above.type == EntryType::claim ? below.epoch < above.epoch : below.epoch == above.epoch;
}

bool Walk::is_listed(Slot slot) const {
  return std::binary_search(slots_.begin(), slots_.end(), slot);
}

const JournalEntry* Walk::freeze() const {
  return freeze_slot_ == 0 ? nullptr : &headers_.at(freeze_slot_).entry;
}

Slot Walk::covered() const {
  return freeze_slot_ == 0 ? 0 : headers_.at(freeze_slot_).entry.covers;
}

void Walk::reject_freeze() {
  GOSSAMER_ASSERT(freeze_slot_ != 0);
  rejected_.insert(freeze_slot_);
  Slot older = freeze_slot_ - 1;
  freeze_slot_ = 0;
  for (; older >= known_down_to_ && older > 0 && freeze_slot_ == 0; --older) {
    if (headers_.at(older).entry.type == EntryType::freeze) freeze_slot_ = older;
  }
  verdict_ = Verdict::incomplete;
  unread_ = slots_.size();  // What was given out may never have been answered.
  advance();
}

std::optional<std::vector<ClaimSeen>> Walk::claims_above(Epoch epoch) {
  std::vector<ClaimSeen> claims;
  // Epochs are given one after another, so there is nothing between an epoch and the next.
  if (epoch + 1 >= claim_epoch_) return claims;
  seeks_claims_ = true;
  for (auto it = headers_.rbegin(); it != headers_.rend(); ++it) {
    const Header& header = it->second;
    if (header.is_absent) continue;
    // What cannot be read may have been a claim: of nobody, so that no store has recorded it.
    if (!header.is_readable) claims.push_back({});
    if (!header.is_readable || header.entry.type != EntryType::claim) continue;
    if (header.entry.epoch > epoch && header.entry.epoch < claim_epoch_) {
      claims.push_back({header.entry.epoch, header.entry.nonce});
    }
  }
  // Claims above `epoch` lie above its own; claims are never deleted, so going down meets it.
  for (std::size_t i = slots_.size(); i > 0; --i) {
    const auto found = headers_.find(slots_[i - 1]);
    if (found == headers_.end()) return std::nullopt;
    const Header& header = found->second;
    if (header.is_readable && !header.is_absent && header.entry.type == EntryType::claim &&
        header.entry.epoch <= epoch) {
      seeks_claims_ = false;
      return claims;
    }
  }
  seeks_claims_ = false;
  return claims;
}

bool Walk::is_claimed_by_other(Epoch epoch, const NodeId& writer) const {
  return std::any_of(headers_.begin(), headers_.end(), [&](const auto& item) {
    const JournalEntry& entry = item.second.entry;
    return entry.type == EntryType::claim && entry.epoch == epoch && item.second.is_readable &&
           !item.second.is_absent && entry.writer != writer;
  });
}

std::vector<Slot> Walk::batches_above(Sequence sequence) const {
  std::vector<Slot> slots;
  for (auto it = headers_.upper_bound(covered()); it != headers_.end(); ++it) {
    const Header& header = it->second;
    if (header.entry.type == EntryType::batch && header.last > sequence) slots.push_back(it->first);
  }
  return slots;
}

Sequence Walk::last_sequence() const {
  Sequence last = 0;
  for (auto it = headers_.upper_bound(covered()); it != headers_.end(); ++it) {
    last = std::max(last, it->second.last);
  }
  return last;
}

std::shared_ptr<const JournalEntry> Walk::body(Slot slot) const {
  const auto found = bodies_.find(slot);
  return found == bodies_.end() ? nullptr : found->second;
}

void Walk::hold_body(Slot slot, std::shared_ptr<const JournalEntry> entry) {
  const std::size_t bytes = bytes_of(*entry);
  if (bodies_.emplace(slot, std::move(entry)).second) body_bytes_ += bytes;
}

void Walk::drop_body(Slot slot) {
  const auto found = bodies_.find(slot);
  if (found == bodies_.end()) return;
  body_bytes_ -= bytes_of(*found->second);
  bodies_.erase(found);
}

std::uint64_t Walk::entries_behind() const {
  std::uint64_t count = 0;
  for (auto it = headers_.upper_bound(covered()); it != headers_.end(); ++it) {
    count += it->second.entry.type == EntryType::freeze ? 0 : 1;
  }
  return count;
}

void Walk::collect_types(std::set<Slot>& may_go, std::set<Slot>& must_stay) const {
  for (const auto& [slot, header] : headers_) {
    if (header.is_absent) continue;
    const EntryType type = header.entry.type;
    const bool is_passing = type == EntryType::batch || type == EntryType::freeze;
    (header.is_readable && is_passing ? may_go : must_stay).insert(slot);
  }
}

}  // namespace gossamer::journal
