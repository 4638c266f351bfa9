// After a claim: which entries make up the state, whether the local store may go on, and what to do
// about state that is absent or cannot be read. Fetching is rebuild.cpp, applying is replay.cpp.

#include <fmt/format.h>

#include "journal/unit_journal.hpp"

namespace gossamer::journal {
namespace {

// Absence that starting over explains is a prune that ran between two requests.
constexpr unsigned kRestartsMax = 3;

}  // namespace

void UnitJournal::thaw_begin(Turn& turn, StoreState store, bool may_keep) {
  thawing_.emplace();
  thawing_->store = std::move(store);
  thawing_->may_keep = may_keep;
  existing_.clear();
  freezes_.clear();
  may_go_.clear();
  must_stay_.clear();
  thaw_list(turn);
}

void UnitJournal::on_thaw_answer(Turn& turn, const Orders::Concluded& done) {
  switch (static_cast<ThawStep>(done.ticket.step)) {
    case ThawStep::list_slots: return thaw_on_slots(turn, std::get<Listed>(done.answer));
    case ThawStep::read_entry:
      return thaw_on_entry(turn, done.ticket.index, std::get<EntryRead>(done.answer));
    case ThawStep::list_files: return thaw_on_files(turn, std::get<Listed>(done.answer));
    case ThawStep::read_manifest:
      return thaw_on_manifest(turn, std::get<ManifestRead>(done.answer));
    case ThawStep::look_above: return thaw_on_look_above(turn, std::get<Listed>(done.answer));
    case ThawStep::begin_build:
    case ThawStep::fetch:
    case ThawStep::set_aside:
    case ThawStep::adopt:
    case ThawStep::open: return on_rebuild_answer(turn, done);
    case ThawStep::read_body:
    case ThawStep::apply:
    case ThawStep::read_spec:
    case ThawStep::look_next: return on_replay_answer(turn, done);
  }
}

// Listed anew after the claim: whatever its predecessor had confirmed lies below it now, for good.
void UnitJournal::thaw_list(Turn& turn) {
  give(turn, Part::thaw, ThawStep::list_slots, thawing_->listing.begin(unit_, 0));
}

void UnitJournal::thaw_on_slots(Turn& turn, const Listed& page) {
  const auto next = thawing_->listing.on_page(unit_, page);
  if (next) return give(turn, Part::thaw, ThawStep::list_slots, *next);
  std::vector<Slot> slots = thawing_->listing.slots();
  if (!slots.empty() && slots.back() > claim_slot_) {
    return fence(turn,
                 fmt::format("slot {} was claimed before the state was thawed", slots.back()));
  }
  if (!slots.empty() && slots.back() == claim_slot_) slots.pop_back();
  thawing_->walk.begin(claim_slot_, epoch_, std::move(slots));
  thaw_read_more(turn);
  thaw_assess(turn);
}

void UnitJournal::thaw_read_more(Turn& turn) {
  while (orders_.count(Part::thaw) < turn.options.parallel_transfers) {
    const auto slot = thawing_->walk.next_to_read();
    if (!slot) return;
    give(turn, Part::thaw, ThawStep::read_entry, GetEntry{0, unit_, *slot}, *slot);
  }
}

// Rule 5: a reader that meets an absent slot above `covers` starts over from the list.
void UnitJournal::thaw_on_entry(Turn& turn, Slot slot, const EntryRead& read) {
  if (read.outcome.outcome == ObjectOutcome::absent) {
    thawing_->walk.on_absent(slot);
  } else {
    thawing_->walk.on_entry(slot, read.is_corrupt ? nullptr : read.entry);
  }
  thaw_read_more(turn);
  thaw_assess(turn);
}

void UnitJournal::thaw_assess(Turn& turn) {
  Thawing& thawing = *thawing_;
  switch (thawing.walk.verdict()) {
    case Walk::Verdict::incomplete: return;
    case Walk::Verdict::gap: return thaw_trouble(turn, Remedy::start_over, thawing.walk.trouble());
    case Walk::Verdict::broken: return thaw_trouble(turn, Remedy::give_up, thawing.walk.trouble());
    case Walk::Verdict::complete: break;
  }
  if (!thawing.is_keep_decided) return thaw_decide_keep(turn);
  // What was read ahead is not needed, and its answer must not begin all of this once more.
  orders_.cancel(Part::thaw);
  if (!thawing.is_files_listed) return thaw_list_files(turn, {});
  thaw_take_freeze(turn);
}

// "Restart": the store is kept only if every claim above the one it was last opened under is
// recorded in it. That takes claims below the covered slot too, for they are never deleted.
void UnitJournal::thaw_decide_keep(Turn& turn) {
  Thawing& thawing = *thawing_;
  const Epoch opened_under = thawing.store.opened_under;
  if (thawing.may_keep && thawing.store.exists) {
    const auto claims = thawing.walk.claims_above(opened_under);
    if (!claims) return thaw_read_more(turn);
    thawing.keeps = keeps_store(thawing.store, epoch_, *claims) &&
                    !thawing.walk.is_claimed_by_other(opened_under, turn.self);
  }
  turn.trace(thawing.keeps ? "thaw: keeps the local store" : "thaw: builds afresh");
  thawing.is_keep_decided = true;
  thaw_assess(turn);
}

void UnitJournal::thaw_list_files(Turn& turn, std::string after) {
  give(turn, Part::thaw, ThawStep::list_files,
       List{0, files_prefix(unit_), std::move(after), kPageKeys});
}

void UnitJournal::thaw_on_files(Turn& turn, const Listed& page) {
  existing_.insert(page.keys.begin(), page.keys.end());
  if (existing_.size() > kFilesMax) return thaw_fail(turn, "the unit has too many files");
  if (!page.is_last) return thaw_list_files(turn, page.keys.back());
  thawing_->is_files_listed = true;
  thaw_take_freeze(turn);
}

// Rule 4: the newest usable freeze is where the journal begins.
void UnitJournal::thaw_take_freeze(Turn& turn) {
  const JournalEntry* freeze = thawing_->walk.freeze();
  thawing_->manifest = nullptr;
  if (freeze != nullptr) {
    return give(turn, Part::thaw, ThawStep::read_manifest, GetManifest{0, freeze->manifest_key});
  }
  if (thawing_->keeps) return open_store(turn);
  rebuild_begin(turn);
}

void UnitJournal::thaw_on_manifest(Turn& turn, const ManifestRead& read) {
  const JournalEntry* freeze = thawing_->walk.freeze();
  const std::string trouble = manifest_trouble(*freeze, read);
  if (!trouble.empty()) {
    return thaw_trouble(turn, Remedy::next_freeze,
                        fmt::format("the freeze in slot {} is not usable: {}",
                                    thawing_->walk.freeze_slot(), trouble));
  }
  if (read.manifest->format > kManifestFormat) {
    return thaw_fail(turn,
                     fmt::format("the frozen state has format {}, this program reads up to {}",
                                 read.manifest->format, kManifestFormat));
  }
  thawing_->manifest = read.manifest;
  freezes_ = {KnownFreeze{
      freeze->covers, {freeze->epoch, freeze->attempt}, freeze->manifest_key, read.manifest}};
  if (thawing_->keeps) return open_store(turn);
  rebuild_begin(turn);
}

/// Section 8: usable means that the manifest answers to its name and all its files are there.
std::string UnitJournal::manifest_trouble(const JournalEntry& freeze,
                                          const ManifestRead& read) const {
  if (read.outcome.outcome == ObjectOutcome::absent) return "its manifest is absent";
  if (!read.manifest || read.is_corrupt) return "its manifest cannot be read";
  const Manifest& manifest = *read.manifest;
  if (manifest.unit != unit_ || manifest_key(manifest) != freeze.manifest_key) {
    return "its manifest does not answer to its name";
  }
  for (const ManifestFile& file : manifest.files) {
    if (!existing_.contains(file.key)) return fmt::format("{} is absent", file.key);
  }
  return {};
}

// Rule 5: whoever meets absence looks for a higher claim first. A claim that was replaced may find
// anything gone.
void UnitJournal::thaw_trouble(Turn& turn, Remedy remedy, std::string trouble) {
  turn.trace("thaw: something is absent or cannot be read");
  orders_.cancel(Part::thaw);
  thawing_->remedy = remedy;
  thawing_->trouble = std::move(trouble);
  give(turn, Part::thaw, ThawStep::look_above, thawing_->listing.begin(unit_, claim_slot_));
}

void UnitJournal::thaw_on_look_above(Turn& turn, const Listed& page) {
  Thawing& thawing = *thawing_;
  const auto next = thawing.listing.on_page(unit_, page);
  if (next) return give(turn, Part::thaw, ThawStep::look_above, *next);
  if (thawing.listing.tip() != 0) {
    return fence(turn, fmt::format("slot {} was claimed during the thaw", thawing.listing.tip()));
  }
  switch (thawing.remedy) {
    case Remedy::start_over:
      if (thawing.restarts++ < kRestartsMax) return thaw_list(turn);
      return thaw_fail(turn, thawing.trouble);
    case Remedy::next_freeze:
      turn.alarm(unit_, thawing.trouble);
      if (!thawing.keeps) {
        // "Thaw": falls back to the usable freeze before it plus its journal.
        thawing.walk.reject_freeze();
        thaw_read_more(turn);
        return thaw_assess(turn);
      }
      // A kept store holds what the freeze held; it only has nothing to descend from.
      freezes_.clear();
      return open_store(turn);
    case Remedy::give_up: return thaw_fail(turn, thawing.trouble);
  }
}

// Rule 5: nobody has claimed above, so it is for us to say that the journal is corrupt.
void UnitJournal::thaw_fail(Turn& turn, const std::string& why) {
  turn.alarm(unit_, fmt::format("cannot be thawed in epoch {}: {}", epoch_, why));
  const Epoch epoch = epoch_;
  delay_claims(turn);
  stop_owning(turn, why);
  turn.emit(ClaimEnded{unit_, ClaimOutcome::failed, epoch, turn.self});
}

}  // namespace gossamer::journal
