#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "sim/belief_checker.hpp"
#include "sim/figures.hpp"
#include "sim/fingerprint.hpp"
#include "sim/journal_checker.hpp"
#include "sim/promise_checker.hpp"
#include "sim/sim_host.hpp"

namespace gossamer::sim {

/// Watches a whole simulation: hands everything that happens to the checkers, the fingerprint and
/// the figures, and keeps the first thing that was wrong.
class Checkers final : public Witness {
 public:
  Checkers(const EventQueue& queue, const std::vector<std::unique_ptr<SimHost>>& hosts);
  /// The object store exists later than this does.
  void begin(const SimObjects& objects, const Scenario& scenario);

  const std::vector<std::string>& violations() const { return violations_; }
  const std::vector<std::string>& story() const { return story_; }
  std::uint64_t fingerprint() const { return fingerprint_.value(); }
  Figures& figures() { return figures_; }
  PromiseChecker& promises() { return *promises_; }
  const JournalChecker& journal() const { return *journal_; }
  /// `heard` is told of every node that is about to put a claim, or has just done so.
  void on_claiming(std::function<void(HostIndex)> heard) { on_claiming_ = std::move(heard); }
  void keep_story() { is_story_kept_ = true; }
  void complain(const std::string& what);

  void on_sent(HostIndex from, ByteView bytes, bool by_stream) override;
  void on_delivered(HostIndex from, HostIndex to, ByteView bytes, bool by_stream) override;
  void on_link(HostIndex host, const Endpoint& peer, LinkEvent event) override;
  void on_object_requested(HostIndex by, ObjectVerb verb, const std::string& key,
                           ByteView content) override;
  void on_object_landed(HostIndex by, ObjectVerb verb, const std::string& key, ByteView content,
                        ObjectOutcome outcome) override;
  void on_object_answered(HostIndex by, ObjectVerb verb, const std::string& key,
                          ObjectOutcome outcome, Instant landed_at) override;
  void on_object_damaged(const std::string& key) override;
  void on_lie(const UnitId& unit, const NodeId& author) override;
  void on_claim_recorded(HostIndex host, std::uint64_t volume, const UnitId& unit,
                         const journal::Nonce& nonce) override;
  void on_service_started(HostIndex host, std::uint64_t volume, const UnitId& unit, Epoch epoch,
                          const Store& store) override;
  void on_service_stopped(HostIndex host, const UnitId& unit, Epoch epoch) override;
  void on_acknowledged(HostIndex host, const Acknowledgement& promise) override;
  void on_event(HostIndex host, const Event& event) override;
  void on_trace(HostIndex host, const char* mark) override;
  void on_turn(HostIndex host) override;
  void on_boot(HostIndex host) override;
  void on_crash(HostIndex host) override;
  void on_fault(const std::string& what) override;
  void on_violation(const std::string& what) override { complain(what); }

 private:
  void check_durable_before_sent(HostIndex by, const std::string& key, ByteView content);
  void note(Instant now, const std::string& what);
  void check_own_claim(HostIndex host, const OwnershipChanged& changed);
  void on_members_down(HostIndex observer, const MembersDown& event);

  const EventQueue& queue_;
  const std::vector<std::unique_ptr<SimHost>>& hosts_;
  const Scenario* scenario_ = nullptr;
  wire::DataKey data_key_{};
  std::function<void(HostIndex)> on_claiming_;
  std::map<journal::Nonce, std::pair<HostIndex, std::uint64_t>>
      claimed_by_;  ///< Host and its boot.
  Fingerprint fingerprint_;
  std::unique_ptr<JournalChecker> journal_;
  std::unique_ptr<PromiseChecker> promises_;
  std::unique_ptr<BeliefChecker> beliefs_;
  Figures figures_;
  std::vector<std::string> violations_;
  std::vector<std::string> story_;
  bool is_story_kept_ = false;
  std::map<HostIndex, std::int64_t> outstanding_;
  std::map<HostIndex, std::uint64_t> outstanding_boot_;
  std::map<NodeId, Instant> crashed_at_;
  std::set<NodeId> detected_;
  std::set<std::pair<HostIndex, NodeId>> detected_by_;
  std::map<UnitId, Instant> owner_lost_at_;
};

}  // namespace gossamer::sim
