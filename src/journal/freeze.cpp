// A checkpoint of the local store in the object store: files, their manifest, then the entry.

#include <fmt/format.h>

#include <map>

#include "journal/unit_journal.hpp"

namespace gossamer::journal {
namespace {

// The object store may be away for long; a file that cannot be read here must not hold a checkpoint
// for ever. About two and a half minutes.
constexpr unsigned kTriesMax = 40;
constexpr Duration kFreezeRetry = std::chrono::minutes{1};

}  // namespace

FreezeStart UnitJournal::freeze(Turn& turn) {
  if (phase_ != Phase::owning || ending_) {
    turn.emit(Notify{FreezeEnded{unit_, 0, 0, "the unit is not owned here"}});
    return FreezeStart::refused;
  }
  if (freezing_) {
    freeze_again_ = true;
    return FreezeStart::follows;
  }
  freeze_begin(turn);
  return FreezeStart::begun;
}

/// Whoever asked while another freeze ran is owed one more end, of a freeze that began since.
void UnitJournal::freeze_follow(Turn& turn) {
  if (!std::exchange(freeze_again_, false)) return;
  if (!ending_) return freeze_begin(turn);
  turn.emit(Notify{FreezeEnded{unit_, epoch_, 0, "the unit is being let go"}});
}

/// One freeze when the journal behind the newest has grown long: a thaw reads all of it.
void UnitJournal::freeze_if_due(Turn& turn) {
  if (freeze_retry_at_ && *freeze_retry_at_ <= turn.now) freeze_retry_at_.reset();
  if (phase_ != Phase::owning || ending_ || freezing_ || freeze_retry_at_) return;
  const std::uint32_t limit = policy_.freeze_after_entries;
  if (limit != 0 && log_.entries_behind >= limit) freeze_begin(turn);
}

// Section 8: checkpoint, upload, then the entry. Rule 4: `covers` is the last slot confirmed when
// the checkpoint is taken; all that lies there was durable in the store before it was shipped.
void UnitJournal::freeze_begin(Turn& turn) {
  freezing_.emplace();
  freeze_retry_at_.reset();
  freezing_->attempt = ++attempts_;
  freezing_->confirmed_at_checkpoint = log_.confirmed;
  freezing_->entries_at_checkpoint = log_.entries_behind;
  give(turn, Part::freeze, FreezeStep::checkpoint, Checkpoint{0, unit_, freezing_->attempt});
}

void UnitJournal::on_freeze_answer(Turn& turn, const Orders::Concluded& done) {
  const Outcome& outcome = outcome_of(done.answer);
  // Section 8: `exists` on a name of this very attempt means uploaded.
  const bool is_there =
      outcome.outcome == ObjectOutcome::ok || outcome.outcome == ObjectOutcome::exists;
  switch (static_cast<FreezeStep>(done.ticket.step)) {
    case FreezeStep::checkpoint:
      return freeze_on_checkpoint(turn, std::get<CheckpointTaken>(done.answer));
    case FreezeStep::upload:
      if (!is_there)
        return freeze_fail(turn, fmt::format("a file is not uploaded: {}", outcome.detail));
      existing_.insert(freezing_->manifest->files[done.ticket.index].key);
      return freeze_upload(turn);
    case FreezeStep::manifest:
      if (!is_there) return freeze_fail(turn, fmt::format("no manifest: {}", outcome.detail));
      freezing_->is_uploaded = true;
      log_.urgent_through = std::max(log_.urgent_through, freezing_->manifest->sequence);
      return;
  }
}

// Section 8: a freeze reuses a file only if the manifest it descends from names it; every other
// file gets a name of this attempt, which no delete of an earlier one can reach.
void UnitJournal::freeze_on_checkpoint(Turn& turn, const CheckpointTaken& taken) {
  if (taken.outcome.outcome != ObjectOutcome::ok) {
    return freeze_fail(turn, fmt::format("no checkpoint: {}", taken.outcome.detail));
  }
  Freezing& freezing = *freezing_;
  auto manifest = std::make_shared<Manifest>();
  manifest->unit = unit_;
  manifest->epoch = epoch_;
  manifest->attempt = freezing.attempt;
  manifest->sequence = taken.state.sequence;
  manifest->format = kManifestFormat;
  const Manifest* descends_from = freezes_.empty() ? nullptr : freezes_.front().manifest.get();
  std::set<std::string> uploading;
  for (const ManifestFile& file : taken.state.files) {
    manifest->files.push_back(file);
    ManifestFile& named = manifest->files.back();
    const auto reused = reusable_key(file, descends_from, existing_);
    named.key = reused ? *reused : file_key(unit_, epoch_, freezing.attempt, file.hash);
    // Files of equal content share a name, and one upload.
    if (!reused && uploading.insert(named.key).second) {
      freezing.uploads.push_back(manifest->files.size() - 1);
    }
  }
  freezing.manifest = std::move(manifest);
  freeze_upload(turn);
}

void UnitJournal::freeze_upload(Turn& turn) {
  Freezing& freezing = *freezing_;
  while (freezing.next_upload < freezing.uploads.size() &&
         orders_.count(Part::freeze) < turn.options.parallel_transfers) {
    const std::size_t index = freezing.uploads[freezing.next_upload++];
    const ManifestFile& file = freezing.manifest->files[index];
    give(turn, Part::freeze, FreezeStep::upload,
         Upload{0, unit_, freezing.attempt, file.name, file.key}, index, kTriesMax);
  }
  if (orders_.count(Part::freeze) > 0) return;
  give(turn, Part::freeze, FreezeStep::manifest,
       CreateManifest{0, manifest_key(*freezing.manifest), freezing.manifest}, 0, kTriesMax);
}

// The entry waits until every write of the checkpoint is in the journal. Else an owner that fell
// back to the freeze before this one would give their numbers to other writes, and a later thaw of
// this one would skip those.
bool UnitJournal::is_freeze_entry_due() const {
  return freezing_ && freezing_->is_uploaded &&
         log_.confirmed_through >= freezing_->manifest->sequence;
}

void UnitJournal::append_freeze(Turn& turn) {
  JournalEntry entry = entry_of(turn, EntryType::freeze);
  entry.manifest_key = manifest_key(*freezing_->manifest);
  entry.covers = covers(freezing_->confirmed_at_checkpoint, log_.confirmed + 1);
  entry.attempt = freezing_->attempt;
  append(turn, std::move(entry));
}

void UnitJournal::on_freeze_confirmed(Turn& turn, const JournalEntry& entry) {
  const Freezing done = *freezing_;
  freezing_.reset();
  existing_.insert(entry.manifest_key);
  freezes_.insert(
      freezes_.begin(),
      KnownFreeze{entry.covers, {entry.epoch, entry.attempt}, entry.manifest_key, done.manifest});
  if (freezes_.size() > turn.options.retained_freezes) {
    freezes_.resize(turn.options.retained_freezes);
  }
  log_.entries_behind -= done.entries_at_checkpoint;
  turn.emit(DropCheckpoint{unit_, done.attempt});
  turn.emit(Notify{FreezeEnded{unit_, epoch_, done.manifest->sequence, {}}});
  prune_begin(turn);
  freeze_follow(turn);
}

void UnitJournal::freeze_fail(Turn& turn, const std::string& why) {
  orders_.cancel(Part::freeze);
  const std::uint64_t attempt = freezing_->attempt;
  freezing_.reset();
  freeze_retry_at_ = turn.now + kFreezeRetry;
  turn.emit(DropCheckpoint{unit_, attempt});
  turn.emit(Notify{FreezeEnded{unit_, epoch_, 0, why}});
  freeze_follow(turn);
}

}  // namespace gossamer::journal
