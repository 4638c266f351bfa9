#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>

#include "naming/counting.hpp"
#include "naming/epoch_book.hpp"
#include "naming/inquiries.hpp"
#include "naming/liars.hpp"
#include "naming/naming.hpp"
#include "naming/passing.hpp"
#include "naming/registry.hpp"

namespace gossamer::naming {

/// One input on its way through the engine: what it touches is told once, at its end.
struct Turn {
  Instant now;
  Outbox& outbox;
  std::set<std::string> touched{};  ///< Names whose answer may have changed.
  std::set<UnitId> reviewed{};      ///< Units whose epochs may need a question.
  bool may_ask = false;             ///< A question may be due.
};

/// What the naming engine holds, and the rules that change it.
struct Naming::State {
  State(NodeId id, Options chosen);

  // This node's own records.
  void say(Turn& turn, NameRecord record, bool is_withdrawn);
  bool hear_self(Turn& turn, const RecordStatement& statement);
  bool may_outbid(Turn& turn, const RecordId& id);

  // What others say.
  bool hear(Turn& turn, const RecordStatement& statement);
  void see(Turn& turn, const MemberView& view);
  void recall(const RecordStatement& statement);

  // Of epochs, in hearsay.cpp.
  void confirm(Turn& turn, const UnitId& unit, Epoch epoch, const NodeId& claimant);
  bool hear_claim(Turn& turn, const ClaimHeard& claim);
  void read_claim(Turn& turn, const Inquiries::Question& question, Naming::SlotContent content,
                  Epoch epoch, const NodeId& writer);
  void read_journal(Turn& turn, const UnitId& unit, const Naming::JournalRead& read);

  // Time.
  void pass_away(Turn& turn);
  void end_cache(Turn& turn);
  void end_trials(Turn& turn);

  /// Puts the questions and tells the changes of this turn.
  void finish(Turn& turn);
  /// True if one more record may be held; gives up a cached one for it.
  bool has_room();

  Sight sight;
  Options options;
  std::uint64_t next_version;
  Registry registry;
  EpochBook book;
  Inquiries inquiries{};
  Liars liars{kLiarsMax};
  Epochs epochs{book, inquiries};
  Canaries canaries;
  PassingClock passing;
  Graves graves;
  std::optional<Instant> cache_until{};  ///< Set by the first view.
  bool is_cache_over = false;
  /// Own records of an earlier run that others may still hold. To be withdrawn.
  std::map<RecordId, RecordStatement> leftovers{};
  std::map<RecordId, Instant> outbid_at{};  ///< Of own records, in the last moment.

 private:
  void store(Turn& turn, const RecordId& id, Held held);
  void forget(Turn& turn, const RecordId& id);
  void appear(Turn& turn, const RecordId& id);
  void change_presence(Turn& turn, const NodeId& node, const Sight& before);
  bool counts(const RecordId& id, const Held& held) const;
  void release(Turn& turn, Schema schema);
  void try_more(Turn& turn);

  // hearsay.cpp
  /// Runs `change`; the name is touched if the unit had an answer before, or has one after it.
  template <class Change>
  void with_answer(Turn& turn, const UnitId& unit, Change change);
  /// Of claims that were heard before their authors were live.
  void open_doubts(Turn& turn);
  void settle_claims(Turn& turn, const UnitId& unit);
  void judge_tip(Turn& turn, const Inquiries::Question& question, const Naming::JournalRead& read);
  void end_claim(Turn& turn, const Teller& teller);
  void refute(Turn& turn, const ClaimHeard& claim, bool is_claim);
  void review(Turn& turn, const UnitId& unit);
  void ask(Turn& turn);
};

}  // namespace gossamer::naming
