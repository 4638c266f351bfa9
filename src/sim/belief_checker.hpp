#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "sim/journal_checker.hpp"
#include "sim/sim_host.hpp"
#include "sim/verdict.hpp"

namespace gossamer::sim {

/// What each node believes, looked at after each of its turns: incarnations and epochs only grow,
/// nobody believes more of a node than it has said, and no name leads below an epoch that was heard
/// of.
class BeliefChecker {
 public:
  BeliefChecker(const std::vector<std::unique_ptr<SimHost>>& hosts, const JournalChecker& journal,
                Complain complain)
      : hosts_(hosts), journal_(journal), complain_(std::move(complain)) {}

  void on_turn(HostIndex host);
  void on_event(HostIndex host);
  /// Who was found to lie of a unit need not be believed of it when it speaks the truth.
  void on_lie(const UnitId& unit, const NodeId& author) { lied_.insert({unit, author}); }

 private:
  struct Seen {
    std::uint64_t boots = 0;
    MemberView members{};
    std::map<UnitId, Epoch> epochs{};    ///< Of claims that it believes in.
    std::map<UnitId, Epoch> heard{};     ///< Of true claims that it has heard of, confirmed or not.
    std::map<UnitId, Epoch> resolved{};  ///< Of records that it has returned.
    std::map<std::string, std::uint64_t> specs{};
    std::uint64_t turns = 0;
    bool is_due = false;
  };
  void check_self(const SimHost& host, Seen& seen);
  void check_members(const SimHost& host, Seen& seen);
  void check_units(const SimHost& host, Seen& seen);
  void check_specs(const SimHost& host, Seen& seen);
  bool is_to_be_heeded(const naming::ClaimHeard& claim) const;

  const std::vector<std::unique_ptr<SimHost>>& hosts_;
  const JournalChecker& journal_;
  Complain complain_;
  std::map<HostIndex, Seen> seen_;
  std::set<naming::Teller> lied_;
  struct Own {
    Incarnation incarnation = 0;
    std::uint64_t boots = 0;  ///< Of the machine.
    std::uint64_t boot = 0;   ///< Of the identity.
    HostIndex host = 0;
    Incarnation highest = 0;  ///< In all its lives.
  };
  std::map<NodeId, Own> own_;
};

}  // namespace gossamer::sim
