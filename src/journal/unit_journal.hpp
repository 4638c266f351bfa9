#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "journal/orders.hpp"
#include "journal/parts.hpp"
#include "journal/turn.hpp"

namespace gossamer::journal {

/// One unit's journal, as this node sees it. Its parts are told apart by file: observe, claim,
/// thaw, rebuild, replay, append, freeze, prune, withdraw. What each must remember is in parts.hpp,
/// and unit_journal.cpp hands every input to its part.
class UnitJournal {
 public:
  explicit UnitJournal(UnitId unit) : unit_(std::move(unit)) {}

  void observe(Turn& turn);
  void read_slot(Turn& turn, Slot slot, std::uint64_t ticket);
  void claim(Turn& turn, const Journal::UnitPolicy& policy, std::optional<Slot> tip_expected);
  void withdraw(Turn& turn, std::uint64_t spec_version);
  FreezeStart freeze(Turn& turn);
  void release(Turn& turn);

  void on_committed(Turn& turn, Epoch epoch, Commit commit, bool is_urgent);
  void on_rumoured_epoch(Turn& turn, Epoch epoch);
  void on_done(Turn& turn, Op op, Answer answer);
  void on_deadline(Turn& turn);
  std::optional<Instant> next_deadline(const Journal::Options& options) const;

  /// Nothing is owned, under way or waited for.
  bool is_idle() const;
  std::optional<Epoch> owned_epoch() const;
  std::optional<Nonce> nonce() const { return nonce_; }

 private:
  enum class Phase : std::uint8_t { idle, claiming, thawing, owning };

  // -- observe.cpp
  void observe_list(Turn& turn, Slot after);
  void on_observe_answer(Turn& turn, const Orders::Concluded& done);
  void observe_trouble(Turn& turn, Slot tip, const EntryRead& read);
  void observe_end(Turn& turn, Observed observed);
  void on_slot_answer(Turn& turn, const Orders::Concluded& done);

  // -- claim.cpp
  void claim_list(Turn& turn, Slot after);
  void on_claim_answer(Turn& turn, const Orders::Concluded& done);
  void claim_on_tip_listed(Turn& turn, const Listed& page);
  void claim_on_tip(Turn& turn, const EntryRead& read);
  void claim_at(Turn& turn, Slot slot, Epoch epoch);
  void claim_on_inspected(Turn& turn, const StoreInspected& inspected);
  void claim_on_recorded(Turn& turn, const Outcome& outcome);
  void claim_put(Turn& turn);
  void claim_on_slot(Turn& turn, const EntryRead& read);
  void claim_on_above(Turn& turn, const Listed& page);
  void claim_on_winner(Turn& turn, const EntryRead& read);
  void claim_won(Turn& turn);
  void claim_without_spec(Turn& turn);
  void delay_claims(Turn& turn);
  void claim_restart(Turn& turn);
  static Nonce draw_nonce(Random& random);
  static bool runs_nowhere(const UnitId& unit, const SpecRead& spec);
  void claim_end(Turn& turn, ClaimOutcome outcome, Epoch epoch, const NodeId& owner);

  // -- thaw.cpp, rebuild.cpp, replay.cpp
  void thaw_begin(Turn& turn, StoreState store, bool may_keep);
  void on_thaw_answer(Turn& turn, const Orders::Concluded& done);
  void thaw_list(Turn& turn);
  void thaw_on_slots(Turn& turn, const Listed& page);
  void thaw_read_more(Turn& turn);
  void thaw_on_entry(Turn& turn, Slot slot, const EntryRead& read);
  void thaw_assess(Turn& turn);
  void thaw_decide_keep(Turn& turn);
  void thaw_list_files(Turn& turn, std::string after);
  void thaw_on_files(Turn& turn, const Listed& page);
  void thaw_take_freeze(Turn& turn);
  void thaw_on_manifest(Turn& turn, const ManifestRead& read);
  std::string manifest_trouble(const JournalEntry& freeze, const ManifestRead& read) const;
  void thaw_trouble(Turn& turn, Remedy remedy, std::string trouble);
  void thaw_on_look_above(Turn& turn, const Listed& page);
  void thaw_fail(Turn& turn, const std::string& why);

  void rebuild_begin(Turn& turn);
  void rebuild_fetch(Turn& turn);
  void rebuild_set_aside(Turn& turn);
  void rebuild_adopt(Turn& turn);
  void on_rebuild_answer(Turn& turn, const Orders::Concluded& done);
  void open_store(Turn& turn);
  void on_store_opened(Turn& turn, const StoreOpened& opened);
  void abandon_store(Turn& turn, const std::string& why);

  void replay_begin(Turn& turn);
  void replay_more(Turn& turn);
  void replay_apply(Turn& turn);
  void on_replay_answer(Turn& turn, const Orders::Concluded& done);
  void replay_end(Turn& turn);
  void start_look(Turn& turn);
  void on_start_spec(Turn& turn, const SpecRead& spec);
  void on_start_look(Turn& turn, const EntryRead& read);
  void ready(Turn& turn);

  // -- append.cpp
  void append_next(Turn& turn);
  bool is_shipping_due(const Turn& turn) const;
  void append_batch(Turn& turn);
  void append(Turn& turn, JournalEntry entry);
  void on_append_answer(Turn& turn, const Orders::Concluded& done);
  void on_confirmed(Turn& turn);
  void report_frozen(Turn& turn);
  void append_ending(Turn& turn);
  void look(Turn& turn);
  void on_look_answer(Turn& turn, const Orders::Concluded& done);
  std::optional<Instant> shipping_due(const Journal::Options& options) const;
  std::optional<Instant> look_due(const Journal::Options& options) const;
  JournalEntry entry_of(const Turn& turn, EntryType type) const;

  // -- freeze.cpp
  void freeze_begin(Turn& turn);
  void freeze_if_due(Turn& turn);
  void on_freeze_answer(Turn& turn, const Orders::Concluded& done);
  void freeze_on_checkpoint(Turn& turn, const CheckpointTaken& taken);
  void freeze_upload(Turn& turn);
  bool is_freeze_entry_due() const;
  void append_freeze(Turn& turn);
  void on_freeze_confirmed(Turn& turn, const JournalEntry& entry);
  void freeze_follow(Turn& turn);
  void freeze_fail(Turn& turn, const std::string& why);

  // -- prune.cpp
  void prune_begin(Turn& turn);
  void prune_list_files(Turn& turn, std::string after);
  void on_prune_answer(Turn& turn, const Orders::Concluded& done);
  void prune_on_files(Turn& turn, const Listed& page);
  bool is_usable(const KnownFreeze& freeze) const;
  void prune_on_look(Turn& turn, Slot slot, const EntryRead& read);
  void prune_choose_files();
  void prune_on_slot(Turn& turn, Slot slot, const EntryRead& read);
  void prune_on_slots(Turn& turn, const Listed& page);
  void prune_more(Turn& turn);
  void prune_remove_slot(Turn& turn, Slot slot);
  void prune_end(Turn& turn);

  // -- withdraw.cpp
  void withdraw_begin(Turn& turn, Withdrawing withdrawing);
  void withdraw_list(Turn& turn, Slot after);
  void on_withdraw_answer(Turn& turn, const Orders::Concluded& done);
  void withdraw_on_tip_listed(Turn& turn, const Listed& page);
  void withdraw_on_tip(Turn& turn, const EntryRead& read);
  void withdraw_on_spec(Turn& turn, const SpecRead& spec);
  void withdraw_on_above(Turn& turn, const Listed& page);
  void withdraw_end(Turn& turn, bool is_in);

  // -- unit_journal.cpp
  template <class Step>
  void give(Turn& turn, Part part, Step step, Effect order, std::uint64_t index = 0,
            unsigned tries_max = Orders::kForever) {
    orders_.give(turn, unit_, Ticket{part, static_cast<std::uint8_t>(step), index},
                 std::move(order), tries_max);
  }
  void proceed(Turn& turn);
  /// `met`: what lies in our next slot, if it could be read.
  void fence(Turn& turn, const std::string& detail, const JournalEntry* met = nullptr);
  void stop_owning(Turn& turn, const std::string& why);

  UnitId unit_;
  Journal::UnitPolicy policy_{};
  Orders orders_{};
  Phase phase_ = Phase::idle;
  Slot tip_hint_ = 0;      ///< The tip was at least here.
  Slot observed_tip_ = 0;  ///< What the last observe() found.
  Epoch observed_epoch_ = 0;
  Slot unreadable_told_ = 0;  ///< The tip that an Alarm said cannot be read.
  std::optional<Nonce> nonce_{};

  // Of the claim that we hold; meaningless while idle or claiming.
  Slot claim_slot_ = 0;
  Epoch epoch_ = 0;
  bool is_store_open_ = false;
  Appending log_{};
  std::optional<Ending> ending_{};

  std::optional<Observing> observing_{};
  std::optional<Claiming> claiming_{};
  std::optional<Thawing> thawing_{};
  std::optional<Freezing> freezing_{};
  std::optional<Pruning> pruning_{};
  std::optional<Withdrawing> withdrawing_{};

  unsigned claim_failures_ = 0;  ///< That left a claim behind.
  Instant claim_again_at_{};
  bool freeze_again_ = false;
  bool prune_again_ = false;
  std::optional<Instant> freeze_retry_at_{};
  std::uint64_t attempts_ = 0;  ///< Never reset, so that a checkpoint's number is not met twice.
  std::vector<KnownFreeze> freezes_{};     ///< Newest first; the front is what we descend from.
  std::set<std::string> existing_{};       ///< Keys of files known to exist.
  std::set<Slot> may_go_{}, must_stay_{};  ///< Slots below our claim whose type is known.
};

}  // namespace gossamer::journal
