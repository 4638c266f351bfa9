#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "ownership/admission.hpp"
#include "ownership/claim_timing.hpp"
#include "ownership/ownership.hpp"
#include "ownership/unit_watch.hpp"
#include "ownership/view_history.hpp"

namespace gossamer::ownership {

/// Brings every wanted unit to a live owner. Inputs change the facts of a unit's watch; what is to
/// be done follows from the facts alone, in step().
class Settling {
 public:
  Settling(Ownership::Options options, NodeId self);

  /// False: units_max is reached, the unit is not watched.
  bool want(Instant now, const UnitId& unit, const SpecVersion& spec, Outbox& outbox);
  /// The spec's version `version` does not ask for the unit.
  void unwant(Instant now, const UnitId& unit, std::uint64_t version, Outbox& outbox);
  /// Watched units of a service that are wanted, from ordinal `first` on.
  std::vector<UnitId> wanted_from(const std::string& service, std::uint32_t first) const;

  void on_members(Instant now, const MemberView& members, Outbox& outbox);
  void on_gone(Instant now, const std::set<NodeId>& ids, Outbox& outbox);
  void on_claim(Instant now, const ClaimAnnouncement& claim, Outbox& outbox);
  void on_observed(Instant now, const Ownership::Observation& observation, Outbox& outbox);
  void on_may_take(Instant now, const UnitId& unit, bool may, Outbox& outbox);
  void on_claim_ended(Instant now, const UnitId& unit, ClaimResult result, Epoch epoch,
                      const NodeId& owner, Outbox& outbox);
  void on_stopped(Instant now, const UnitId& unit, Outbox& outbox);
  void on_published(Instant now, const UnitId& unit, Epoch epoch);
  void stop_claiming();
  void on_stall(Instant now, Duration gap);
  void on_deadline(Instant now, Outbox& outbox);
  std::optional<Instant> next_deadline() const { return wakeups_.next(); }
  std::vector<Ownership::UnitStatus> status() const;

 private:
  /// Null: units_max is reached. A wanted unit takes the place of one that nobody wants.
  UnitWatch* watch(const UnitId& unit, bool is_wanted);
  UnitWatch* find(const UnitId& unit);
  void begin(Instant now) { started_at_ = started_at_.value_or(now); }

  // Facts.
  void note_owner(Instant now, const UnitId& unit, UnitWatch& watch, Epoch epoch,
                  const NodeId& owner, Outbox& outbox);
  void note_taker(const UnitId& unit, UnitWatch& watch, Epoch epoch, const NodeId& owner,
                  Outbox& outbox);
  void set_owner(const UnitId& unit, UnitWatch& watch, const NodeId& owner);
  void forget_owner(const UnitId& unit, UnitWatch& watch);
  NodeId visible_owner(const UnitWatch& watch) const;
  void tell(const UnitId& unit, UnitWatch& watch, Outbox& outbox);
  void note_tip(Instant now, const UnitId& unit, UnitWatch& watch,
                const Ownership::Observation& observation, bool is_same_owner, Outbox& outbox);
  void win(Instant now, const UnitId& unit, UnitWatch& watch, Epoch epoch, Outbox& outbox);
  void lose(Instant now, const UnitId& unit, UnitWatch& watch, Epoch epoch, const NodeId& owner,
            Outbox& outbox);
  void stop(Instant now, const UnitId& unit, UnitWatch& watch, Outbox& outbox);
  void fail_claim(Instant now, UnitWatch& watch);
  void fail_observation(Instant now, const UnitId& unit, UnitWatch& watch);

  // What follows.
  void step(Instant now, const UnitId& unit, UnitWatch& watch, Outbox& outbox);
  std::optional<Instant> pursue(Instant now, const UnitId& unit, UnitWatch& watch,
                                VacancyCause cause, Outbox& outbox);
  std::optional<Instant> look(Instant now, const UnitId& unit, UnitWatch& watch, Outbox& outbox);
  std::optional<Instant> ask_or_claim(Instant now, const UnitId& unit, UnitWatch& watch,
                                      Outbox& outbox);
  std::optional<Instant> wait_for_company(Instant now, UnitWatch& watch);
  void rest(const UnitId& unit, UnitWatch& watch);
  void admit(Instant now, Outbox& outbox);

  /// Own place in the ranking. `is_exact` false: perhaps of an older view, in which nobody has gone
  /// since, and so too low at worst.
  std::optional<Duration> turn_of(const UnitId& unit, UnitWatch& watch, VacancyCause cause,
                                  bool is_exact);

  Ownership::Options options_;
  NodeId self_;
  std::optional<Instant> started_at_{};
  bool is_stopped_ = false;
  MemberView members_{};
  std::uint64_t views_ = 1;   ///< Counts changes of who is live..
  std::uint64_t losses_ = 1;  ///< ..and those in which somebody went.
  ViewHistory history_;
  std::map<UnitId, UnitWatch> watches_;
  std::set<UnitId> unwanted_;   ///< May give way at units_max.
  std::set<UnitId> unsettled_;  ///< Have a vacancy.
  std::map<NodeId, std::set<UnitId>> by_owner_;
  Admission observes_;
  Admission claims_;
  Wakeups wakeups_;
};

}  // namespace gossamer::ownership
