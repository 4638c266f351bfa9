// The owner's end of the journal: one entry outstanding, acknowledged when its slot is confirmed.

#include <fmt/format.h>

#include "journal/unit_journal.hpp"

namespace gossamer::journal {
namespace {

// What an entry takes besides the bytes of its commits, at most.
constexpr std::size_t kEntryOverhead = 1024;
constexpr std::size_t kCommitOverhead = 64;
// The local store refuses commits before so much waits; more means that it does not.
constexpr std::size_t kWaitingBytesMax = 128 * 1024 * 1024;

}  // namespace

void UnitJournal::on_committed(Turn& turn, Epoch epoch, Commit commit, bool is_urgent) {
  if (phase_ != Phase::owning || epoch != epoch_) {
    return turn.trace("journal: commit of a unit that is not owned");
  }
  if (commit.sequence <= log_.committed) return turn.trace("journal: commit told twice");
  if (commit.sequence != log_.committed + 1) {
    // Shipping around the hole would make every later write unreachable.
    turn.alarm(unit_, fmt::format("the local store skipped writes {} to {}", log_.committed + 1,
                                  commit.sequence - 1));
    return fence(turn, "the local store skipped writes");
  }
  log_.committed = commit.sequence;
  if (is_urgent) log_.urgent_through = commit.sequence;
  log_.waiting_bytes += commit.bytes.size();
  log_.waiting.push_back({std::move(commit), turn.now});
  if (log_.waiting_bytes > kWaitingBytesMax && !log_.is_overfull_told) {
    log_.is_overfull_told = true;
    turn.alarm(unit_, fmt::format("{} MiB of writes wait for the object store",
                                  log_.waiting_bytes / (1024 * 1024)));
  }
  proceed(turn);
}

// Rule 1: slot n + 1 is created only after slot n is confirmed; one entry is outstanding.
void UnitJournal::append_next(Turn& turn) {
  const bool ships_tail = phase_ == Phase::thawing && thawing_->ships_tail;
  if ((phase_ != Phase::owning && !ships_tail) || log_.outstanding) return;
  if (is_freeze_entry_due()) return append_freeze(turn);
  if (is_shipping_due(turn)) return append_batch(turn);
  if (!log_.waiting.empty()) return;
  if (ships_tail && !thawing_->is_looking) return start_look(turn);
  if (phase_ == Phase::owning && ending_) append_ending(turn);
}

bool UnitJournal::is_shipping_due(const Turn& turn) const {
  const auto due = shipping_due(turn.options);
  return due && *due <= turn.now;
}

std::optional<Instant> UnitJournal::shipping_due(const Journal::Options& options) const {
  if (log_.waiting.empty() || log_.outstanding) return std::nullopt;
  const Waiting& oldest = log_.waiting.front();
  const bool is_urgent = oldest.commit.sequence <= log_.urgent_through || ending_ ||
                         log_.waiting_bytes >= options.ship_bytes;
  return is_urgent ? oldest.since : oldest.since + policy_.ship_interval;
}

/// Waiting commits in one entry, as many as fit.
void UnitJournal::append_batch(Turn& turn) {
  JournalEntry entry = entry_of(turn, EntryType::batch);
  std::size_t bytes = kEntryOverhead;
  while (!log_.waiting.empty()) {
    Commit& commit = log_.waiting.front().commit;
    const std::size_t size = commit.bytes.size() + kCommitOverhead;
    if (!entry.commits.empty() && bytes + size > turn.options.entry_bytes_max) break;
    bytes += size;
    log_.waiting_bytes -= commit.bytes.size();
    entry.commits.push_back(std::move(commit));
    log_.waiting.pop_front();
  }
  if (log_.waiting.empty()) log_.is_overfull_told = false;
  log_.sent_through = entry.commits.back().sequence;
  append(turn, std::move(entry));
}

JournalEntry UnitJournal::entry_of(const Turn& turn, EntryType type) const {
  JournalEntry entry;
  entry.type = type;
  entry.epoch = epoch_;
  entry.writer = turn.self;
  entry.nonce = *nonce_;
  return entry;
}

// Rule 2 (in Orders): the same bytes go out again until 200 or 412.
void UnitJournal::append(Turn& turn, JournalEntry entry) {
  log_.outstanding = std::make_shared<const JournalEntry>(std::move(entry));
  const Slot slot = log_.confirmed + 1;
  give(turn, Part::append, AppendStep::put, CreateEntry{0, unit_, slot, log_.outstanding}, slot);
  report_frozen(turn);
}

// Rule 2: on 412 read the slot. Mine means written; anything else, absence too, means fenced, and
// what was sent is unknown: it may have been replayed and pruned since.
void UnitJournal::on_append_answer(Turn& turn, const Orders::Concluded& done) {
  const Slot slot = done.ticket.index;
  if (static_cast<AppendStep>(done.ticket.step) == AppendStep::put) {
    if (outcome_of(done.answer).outcome == ObjectOutcome::ok) return on_confirmed(turn);
    return give(turn, Part::append, AppendStep::read_slot, GetEntry{0, unit_, slot}, slot);
  }
  const EntryRead& read = std::get<EntryRead>(done.answer);
  if (read.entry && !read.is_corrupt && *read.entry == *log_.outstanding) {
    turn.trace("journal: an append had landed before its answer");
    return on_confirmed(turn);
  }
  fence(turn,
        read.entry ? fmt::format("slot {} holds an entry of epoch {} by {}", slot,
                                 read.entry->epoch, to_short_string(read.entry->writer))
                   : fmt::format("slot {} was taken and cannot be read any more", slot),
        read.entry.get());
}

void UnitJournal::on_confirmed(Turn& turn) {
  const auto entry = std::move(log_.outstanding);
  log_.outstanding = nullptr;
  ++log_.confirmed;
  log_.quiet_since = turn.now;
  tip_hint_ = log_.confirmed;
  if (entry->type == EntryType::freeze) return on_freeze_confirmed(turn, *entry);
  if (entry->type == EntryType::withdrawn) {
    stop_owning(turn, "withdrawn");
    return turn.emit(WithdrawEnded{unit_, entry->spec_version, true});
  }
  log_.confirmed_through = entry->commits.back().sequence;
  ++log_.entries_behind;
  report_frozen(turn);
}

// Rule 1: acknowledges `frozen` only once the slot is confirmed.
void UnitJournal::report_frozen(Turn& turn) {
  const Sequence through = acknowledged(log_.sent_through, log_.confirmed_through);
  if (through <= log_.frozen_through) return;
  log_.frozen_through = through;
  // A tail that is journaled before Ready has nobody who waits for it.
  if (phase_ == Phase::owning) turn.emit(Frozen{unit_, epoch_, through});
  turn.emit(Trim{unit_, through});
}

/// Everything is shipped: the last entry, if one is due, and no more.
void UnitJournal::append_ending(Turn& turn) {
  if (!ending_->is_withdrawal) return stop_owning(turn, "released");
  JournalEntry entry = entry_of(turn, EntryType::withdrawn);
  entry.spec_version = ending_->spec_version;
  append(turn, std::move(entry));
}

// Rule 6: idle owners look at their next slot, so one that lost touch learns that it was replaced.
void UnitJournal::look(Turn& turn) {
  const Slot next = log_.confirmed + 1;
  log_.quiet_since = turn.now;
  give(turn, Part::look, AppendStep::read_slot, GetEntry{0, unit_, next}, next, 1);
}

void UnitJournal::on_look_answer(Turn& turn, const Orders::Concluded& done) {
  const bool is_stale = done.ticket.index != log_.confirmed + 1 || log_.outstanding;
  if (is_stale) return;  // An append tells us as well.
  log_.quiet_since = turn.now;
  const EntryRead& read = std::get<EntryRead>(done.answer);
  if (read.outcome.outcome == ObjectOutcome::ok) {
    return fence(turn,
                 fmt::format("slot {} was taken while this owner was idle", done.ticket.index),
                 read.entry.get());
  }
  if (log_.looks_again) look(turn);
  log_.looks_again = false;
}

std::optional<Instant> UnitJournal::look_due(const Journal::Options& options) const {
  if (phase_ != Phase::owning || log_.outstanding || orders_.count(Part::look) > 0) {
    return std::nullopt;
  }
  return log_.quiet_since + options.idle_look;
}

// Rule 6, sooner: gossip decides nothing, but it may make us look.
void UnitJournal::on_rumoured_epoch(Turn& turn, Epoch epoch) {
  if (phase_ != Phase::owning || epoch <= epoch_ || epoch <= log_.rumoured) return;
  log_.rumoured = epoch;
  if (log_.outstanding) return;
  if (orders_.count(Part::look) == 0) return look(turn);
  log_.looks_again = true;  // The one under way may have been answered before the rumour's claim.
}

}  // namespace gossamer::journal
