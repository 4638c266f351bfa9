// A store built afresh from a manifest, beside the old one, and opened.

#include <fmt/format.h>

#include "journal/unit_journal.hpp"

namespace gossamer::journal {
namespace {

// The object store has answered until now; a fetch that goes on failing has a local cause.
constexpr unsigned kFetchTriesMax = 10;

}  // namespace

// "Thaw": fetch in parallel, verify every hash, build beside, rename.
void UnitJournal::rebuild_begin(Turn& turn) {
  Thawing& thawing = *thawing_;
  if (thawing.manifest == nullptr) return rebuild_set_aside(turn);
  // Fetches of a phase that has ended would write into the new build.
  thawing.waits_to_build = orders_.fetches_in_flight() > 0;
  if (thawing.waits_to_build) return;
  thawing.next_file = 0;
  give(turn, Part::thaw, ThawStep::begin_build, BeginBuild{0, unit_});
}

void UnitJournal::rebuild_fetch(Turn& turn) {
  Thawing& thawing = *thawing_;
  const std::vector<ManifestFile>& files = thawing.manifest->files;
  while (thawing.next_file < files.size() &&
         orders_.count(Part::thaw) < turn.options.parallel_transfers) {
    give(turn, Part::thaw, ThawStep::fetch, Fetch{0, unit_, files[thawing.next_file]},
         thawing.next_file, kFetchTriesMax);
    ++thawing.next_file;
  }
  if (orders_.count(Part::thaw) == 0) rebuild_set_aside(turn);
}

void UnitJournal::on_rebuild_answer(Turn& turn, const Orders::Concluded& done) {
  Thawing& thawing = *thawing_;
  const Outcome& outcome = outcome_of(done.answer);
  const bool is_ok = outcome.outcome == ObjectOutcome::ok;
  switch (static_cast<ThawStep>(done.ticket.step)) {
    case ThawStep::begin_build:
      if (!is_ok) return thaw_fail(turn, fmt::format("no place to build: {}", outcome.detail));
      return rebuild_fetch(turn);
    case ThawStep::fetch:
      if (is_ok) return rebuild_fetch(turn);
      if (outcome.outcome != ObjectOutcome::absent) {
        return thaw_fail(turn, fmt::format("a file cannot be fetched: {}", outcome.detail));
      }
      return thaw_trouble(
          turn, Remedy::next_freeze,
          fmt::format("{} is absent", thawing.manifest->files[done.ticket.index].key));
    case ThawStep::set_aside:
      if (!is_ok) return thaw_fail(turn, fmt::format("cannot set aside: {}", outcome.detail));
      thawing.store.exists = false;
      return rebuild_adopt(turn);
    case ThawStep::adopt:
      if (is_ok) return open_store(turn);
      if (!std::get<BuildAdopted>(done.answer).is_corrupt) {
        return thaw_fail(turn, fmt::format("the build cannot take its place: {}", outcome.detail));
      }
      return thaw_trouble(turn, Remedy::next_freeze,
                          fmt::format("the freeze in slot {} is not usable: {}",
                                      thawing.walk.freeze_slot(), outcome.detail));
    case ThawStep::open: return on_store_opened(turn, std::get<StoreOpened>(done.answer));
    default: return;
  }
}

// The old store goes only once the new one is all here: a crash leaves one of them.
void UnitJournal::rebuild_set_aside(Turn& turn) {
  if (!thawing_->store.exists) return rebuild_adopt(turn);
  give(turn, Part::thaw, ThawStep::set_aside, SetAside{0, unit_});
}

void UnitJournal::rebuild_adopt(Turn& turn) {
  if (thawing_->manifest == nullptr) return open_store(turn);
  give(turn, Part::thaw, ThawStep::adopt, AdoptBuild{0, unit_, thawing_->manifest});
}

void UnitJournal::open_store(Turn& turn) {
  is_store_open_ = true;  // As far as closing goes: a close is carried out after the open.
  give(turn, Part::thaw, ThawStep::open, OpenStore{0, unit_, epoch_, *nonce_});
}

void UnitJournal::on_store_opened(Turn& turn, const StoreOpened& opened) {
  Thawing& thawing = *thawing_;
  if (opened.outcome.outcome != ObjectOutcome::ok) {
    is_store_open_ = false;
    return abandon_store(turn, fmt::format("cannot be opened: {}", opened.outcome.detail));
  }
  const Sequence frozen = thawing.manifest == nullptr ? 0 : thawing.manifest->sequence;
  if (opened.sequence < frozen) {
    return abandon_store(
        turn, fmt::format("ends at write {}, the newest freeze at {}", opened.sequence, frozen));
  }
  thawing.applied = opened.sequence;
  thawing.tail = opened.tail;
  replay_begin(turn);
}

/// The store that was opened is no base to go on from.
void UnitJournal::abandon_store(Turn& turn, const std::string& why) {
  Thawing& thawing = *thawing_;
  if (is_store_open_) turn.emit(CloseStore{unit_});
  is_store_open_ = false;
  thawing.store.exists = true;
  const std::string trouble = fmt::format("the local store {}", why);
  if (thawing.keeps) {
    // "Restart": otherwise it is set aside and thawed afresh.
    turn.alarm(unit_, trouble + "; it is set aside");
    thawing.keeps = false;
    return thaw_assess(turn);
  }
  if (thawing.manifest == nullptr) return thaw_fail(turn, trouble);
  thaw_trouble(turn, Remedy::next_freeze, trouble);
}

}  // namespace gossamer::journal
