#pragma once

#include <map>
#include <set>
#include <string>

#include "sim/journal_checker.hpp"
#include "sim/ledger.hpp"
#include "sim/verdict.hpp"

namespace gossamer::sim {

/// Holds the services to what they promised: who may start, and that an acknowledged write is there
/// after everything that its durability promises to survive.
class PromiseChecker {
 public:
  PromiseChecker(const JournalChecker& journal, Complain complain)
      : journal_(journal), complain_(std::move(complain)) {}

  void on_claim_recorded(std::uint64_t volume, const journal::Nonce& nonce) {
    recorded_in_[nonce].insert(volume);
  }
  void on_started(const NodeId& node, std::uint64_t volume, const UnitId& unit, Epoch epoch,
                  const Store& store);
  void on_acknowledged(const NodeId& node, const Acknowledgement& promise);
  /// Everything has healed and the unit's owner has this store.
  void check_contents(const UnitId& unit, const Store& store);

  std::uint64_t acknowledged() const { return acknowledged_; }
  std::uint64_t lost() const { return lost_; }

 private:
  struct Unit {
    std::map<std::string, Acknowledgement> frozen{};
    std::map<std::string, Acknowledgement> local{};
    std::map<Epoch, NodeId> owners{};
    std::map<Epoch, std::uint64_t> volumes{};
  };
  void check_frozen(const std::string& when, const Unit& unit, Epoch through,
                    const LedgerContents& contents);
  void check_sums(const std::string& when, const LedgerContents& contents);
  bool survives_locally(const UnitId& id, const Unit& unit, Epoch written_in, Epoch now_in) const;

  const JournalChecker& journal_;
  Complain complain_;
  std::map<UnitId, Unit> units_;
  std::map<journal::Nonce, std::set<std::uint64_t>> recorded_in_;
  std::uint64_t acknowledged_ = 0;
  std::uint64_t lost_ = 0;
};

}  // namespace gossamer::sim
