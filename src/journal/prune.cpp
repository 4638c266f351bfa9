// Deleting what no retained freeze needs: entries first, oldest first, then files.

#include <fmt/format.h>

#include <algorithm>

#include "journal/unit_journal.hpp"

namespace gossamer::journal {
namespace {

// What could not be deleted now is found again by the next prune.
constexpr unsigned kRemoveTriesMax = 5;

}  // namespace

// Section 8, "Delete": after a confirmed freeze entry of one's own epoch, and with as many usable
// freezes as are to be retained.
void UnitJournal::prune_begin(Turn& turn) {
  if (pruning_) {
    prune_again_ = true;
    return;
  }
  if (freezes_.size() < turn.options.retained_freezes) return;
  pruning_.emplace();
  pruning_->newest = freezes_.front().attempt;
  prune_list_files(turn, {});
}

void UnitJournal::prune_list_files(Turn& turn, std::string after) {
  give(turn, Part::prune, PruneStep::list_files,
       List{0, files_prefix(unit_), std::move(after), kPageKeys});
}

void UnitJournal::on_prune_answer(Turn& turn, const Orders::Concluded& done) {
  const ObjectOutcome outcome = outcome_of(done.answer).outcome;
  // The order of deletes matters, so one that goes on failing ends this prune.
  if (outcome != ObjectOutcome::ok && outcome != ObjectOutcome::absent) return prune_end(turn);
  switch (static_cast<PruneStep>(done.ticket.step)) {
    case PruneStep::list_files: return prune_on_files(turn, std::get<Listed>(done.answer));
    case PruneStep::look:
      return prune_on_look(turn, done.ticket.index, std::get<EntryRead>(done.answer));
    case PruneStep::list_slots: return prune_on_slots(turn, std::get<Listed>(done.answer));
    case PruneStep::read_slot:
      prune_on_slot(turn, done.ticket.index, std::get<EntryRead>(done.answer));
      break;
    case PruneStep::remove_slot: may_go_.erase(done.ticket.index); break;
    case PruneStep::remove_file: existing_.erase(std::get<Remove>(done.order).key); break;
  }
  prune_more(turn);
}

// Rule 5: claims and `withdrawn` are never deleted, so a slot must be read before it may go.
void UnitJournal::prune_on_slot(Turn& turn, Slot slot, const EntryRead& read) {
  if (read.outcome.outcome == ObjectOutcome::absent) return;
  const bool may_go =
      read.entry && !read.is_corrupt &&
      (read.entry->type == EntryType::batch || read.entry->type == EntryType::freeze);
  if (may_go) return prune_remove_slot(turn, slot);
  must_stay_.insert(slot);
}

void UnitJournal::prune_on_files(Turn& turn, const Listed& page) {
  Pruning& pruning = *pruning_;
  pruning.listed.insert(page.keys.begin(), page.keys.end());
  if (pruning.listed.size() > kFilesMax) return prune_end(turn);
  if (!page.is_last) return prune_list_files(turn, page.keys.back());
  // What newer attempts upload meanwhile may be missing in the list; older ones may not.
  std::erase_if(existing_, [&](const std::string& key) {
    const auto made_by = attempt_of(unit_, key);
    return (!made_by || *made_by <= pruning.newest) && !pruning.listed.contains(key);
  });
  existing_.insert(pruning.listed.begin(), pruning.listed.end());
  const bool are_usable = std::all_of(freezes_.begin(), freezes_.end(),
                                      [&](const KnownFreeze& freeze) { return is_usable(freeze); });
  if (!are_usable) {
    const Slot next = log_.confirmed + 1;
    return give(turn, Part::prune, PruneStep::look, GetEntry{0, unit_, next}, next,
                kRemoveTriesMax);
  }
  pruning.retained = freezes_;
  pruning.covers = freezes_.back().covers;
  prune_choose_files();
  pruning.listed.clear();
  pruning.slots_after = std::string{};
  prune_more(turn);
}

/// Section 8: at least so many usable freezes are retained, usable meaning that all files are
/// there. Their journal has no gap: the thaw saw to it, and every slot since is our own.
bool UnitJournal::is_usable(const KnownFreeze& freeze) const {
  const std::vector<ManifestFile>& files = freeze.manifest->files;
  return existing_.contains(freeze.manifest_key) &&
         std::all_of(files.begin(), files.end(),
                     [&](const ManifestFile& file) { return existing_.contains(file.key); });
}

// Rule 5: whoever meets absence looks for a higher claim first; its owner may have pruned our
// files.
void UnitJournal::prune_on_look(Turn& turn, Slot slot, const EntryRead& read) {
  if (read.outcome.outcome == ObjectOutcome::absent) {
    std::erase_if(freezes_, [&](const KnownFreeze& freeze) { return !is_usable(freeze); });
    turn.alarm(unit_, "files of a retained freeze are missing; nothing is pruned");
    return prune_end(turn);
  }
  // An append that is under way, or was, meets the slot itself.
  const bool is_free_for_us = slot == log_.confirmed + 1 && !log_.outstanding;
  if (!is_free_for_us) return prune_end(turn);
  fence(turn, fmt::format("slot {} was taken, and files of ours are gone", slot));
}

// Section 8: the unit's files whose (EPOCH, N) is lower than the confirmed freeze's and that no
// retained manifest names. Such a name is never used again, whenever the delete lands.
void UnitJournal::prune_choose_files() {
  Pruning& pruning = *pruning_;
  std::set<std::string> named;
  for (const KnownFreeze& freeze : pruning.retained) {
    named.insert(freeze.manifest_key);
    for (const ManifestFile& file : freeze.manifest->files) named.insert(file.key);
  }
  for (const std::string& key : pruning.listed) {
    const auto made_by = attempt_of(unit_, key);
    if (made_by && *made_by < pruning.newest && !named.contains(key)) {
      pruning.doomed_files.push_back(key);
    }
  }
}

void UnitJournal::prune_on_slots(Turn& turn, const Listed& page) {
  Pruning& pruning = *pruning_;
  pruning.slots_after = page.is_last ? std::nullopt : std::optional{page.keys.back()};
  for (const std::string& key : page.keys) {
    const Slot slot = slot_of(unit_, key);
    if (slot > pruning.covers) pruning.slots_after.reset();  // Rule 5: only what is covered.
    if (slot > 0 && slot <= pruning.covers) pruning.slots.push_back(slot);
  }
  prune_more(turn);
}

/// A few requests at a time: pruning never delays anything else.
void UnitJournal::prune_more(Turn& turn) {
  Pruning& pruning = *pruning_;
  const auto has_room = [&] {
    return orders_.count(Part::prune) < turn.options.parallel_transfers;
  };
  while (!pruning.slots.empty() && has_room()) {
    const Slot slot = pruning.slots.front();
    pruning.slots.pop_front();
    if (slot == claim_slot_ || must_stay_.contains(slot)) continue;
    // Above our claim everything is our own batch or freeze.
    if (slot > claim_slot_ || may_go_.contains(slot)) {
      prune_remove_slot(turn, slot);
    } else {
      give(turn, Part::prune, PruneStep::read_slot, GetEntry{0, unit_, slot}, slot,
           kRemoveTriesMax);
    }
  }
  if (!pruning.slots.empty()) return;
  if (pruning.slots_after) {
    const std::string after = *std::exchange(pruning.slots_after, std::nullopt);
    return give(turn, Part::prune, PruneStep::list_slots,
                List{0, journal_prefix(unit_), after, kPageKeys});
  }
  // Section 8: journal entries go first, oldest first, then files.
  if (!pruning.are_entries_gone && orders_.count(Part::prune) > 0) return;
  pruning.are_entries_gone = true;
  while (!pruning.doomed_files.empty() && has_room()) {
    std::string key = std::move(pruning.doomed_files.front());
    pruning.doomed_files.pop_front();
    give(turn, Part::prune, PruneStep::remove_file, Remove{0, std::move(key)}, 0, kRemoveTriesMax);
  }
  if (orders_.count(Part::prune) == 0) prune_end(turn);
}

void UnitJournal::prune_remove_slot(Turn& turn, Slot slot) {
  give(turn, Part::prune, PruneStep::remove_slot, Remove{0, slot_key(unit_, slot)}, slot,
       kRemoveTriesMax);
}

void UnitJournal::prune_end(Turn& turn) {
  orders_.cancel(Part::prune);
  pruning_.reset();
  if (std::exchange(prune_again_, false)) prune_begin(turn);
}

}  // namespace gossamer::journal
