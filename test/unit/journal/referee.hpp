#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "toy_objects.hpp"
#include "toy_store.hpp"

namespace gossamer::journal {

/// Sees every change of the object store and every claim, acknowledgement and start, and says which
/// invariant of docs/spec (I1 to I6) is broken. It reads the journal by rule 4, in its own words,
/// and remembers what no node can know: what landed above everything else.
class Referee {
 public:
  Referee(UnitId unit, const ToyObjects& objects) : unit_(std::move(unit)), objects_(objects) {}

  /// An entry has just been created.
  void on_landed(Slot slot);
  void on_removed(const std::string& key);
  void on_acknowledged(Sequence sequence, const std::string& write);
  void on_won(Epoch epoch, const NodeId& node, const Nonce& nonce);
  void on_lost(const NodeId& node, const Nonce& nonce);
  /// `unknown_through`: everything above it, the owner says, was never sent.
  void on_fenced(Epoch epoch, Sequence unknown_through);
  /// The node looked for the last time before starting, saw nothing, and starts now.
  void on_last_look();
  void on_ready(Epoch epoch, const std::vector<std::string>& writes);
  /// Absent or corrupt state is part of the plan: fallback is not held against anybody.
  void expect_damage() { is_damage_expected_ = true; }
  void accuse(std::string violation);

  /// The whole of the object store, as after every change.
  void check();
  const std::vector<std::string>& violations() const { return violations_; }
  const std::map<Sequence, std::string>& acknowledged() const { return acknowledged_; }
  /// What a reader makes of the newest freeze and the journal above what it covers.
  const std::vector<std::string>& state() const { return state_; }

 private:
  using Slots = std::map<Slot, std::shared_ptr<const JournalEntry>>;
  Slot newest_freeze() const;
  /// From the freeze in `freeze` (0: from nothing). Accuses if it cannot be done.
  std::vector<std::string> rebuild(Slot freeze, const char* which);
  void check_acknowledged(const std::vector<std::string>& state);

  UnitId unit_;
  const ToyObjects& objects_;
  Slots slots_{};                                                 ///< What lies in the journal.
  std::map<Slot, std::shared_ptr<const JournalEntry>> on_top_{};  ///< Entries that landed on top.
  std::vector<Slot> freezes_{};                                   ///< Those that did, in order.
  std::vector<std::string> state_{};
  std::map<Sequence, std::string> acknowledged_{};
  std::map<Epoch, NodeId> winners_{};
  bool saw_undeploy_ = false;
  bool is_damage_expected_ = false;
  std::vector<std::string> violations_{};
};

}  // namespace gossamer::journal
