// Inputs of the ownership engine. Specs are kept in spec_book.cpp; what becomes of each unit is
// settled in settling*.cpp, by the timing of claim_timing.cpp and the ranking of ranking.cpp.

#include "ownership/ownership.hpp"

#include "ownership/settling.hpp"
#include "ownership/spec_book.hpp"

namespace gossamer::ownership {

struct Ownership::State {
  State(Options chosen, NodeId id) : settling{chosen, std::move(id)} {}

  SpecBook specs{};
  Settling settling;
};

Ownership::Ownership(Options options, NodeId self)
    : state_{std::make_unique<State>(options, std::move(self))} {}
Ownership::~Ownership() = default;
Ownership::Ownership(Ownership&&) noexcept = default;

void Ownership::on_spec(Instant now, const SpecVersion& spec, Outbox& outbox) {
  const std::string& service = spec.spec.name;
  switch (state_->specs.add(spec)) {
    case SpecBook::Added::newer: break;
    case SpecBook::Added::stale: return;
    case SpecBook::Added::invalid:
      outbox.push_back(gossip::Trace{"ownership: an invalid spec was refused"});
      return;
    case SpecBook::Added::full:
      outbox.push_back(Notify{Alarm{service, "too many services are deployed; it is not run"}});
      return;
  }
  outbox.push_back(Notify{SpecChanged{service, spec.version, !spec.is_undeploy}});
  Settling& settling = state_->settling;
  const std::uint32_t instances = state_->specs.instances(service);
  for (const UnitId& unit : settling.wanted_from(service, instances)) {
    settling.unwant(now, unit, spec.version, outbox);
  }
  for (std::uint32_t ordinal = 0; ordinal < instances; ++ordinal) {
    const UnitId unit{service, ordinal};
    if (settling.want(now, unit, spec, outbox)) continue;
    outbox.push_back(Notify{Alarm{to_string(unit),
                                  "units_max is reached; this node runs neither it "
                                  "nor the ordinals after it"}});
    break;
  }
}

void Ownership::on_members(Instant now, const MemberView& members, Outbox& outbox) {
  state_->settling.on_members(now, members, outbox);
}

void Ownership::on_gone(Instant now, const std::set<NodeId>& ids, Outbox& outbox) {
  state_->settling.on_gone(now, ids, outbox);
}

void Ownership::on_claim(Instant now, const ClaimAnnouncement& claim, Outbox& outbox) {
  state_->settling.on_claim(now, claim, outbox);
}

void Ownership::on_observed(Instant now, const Observation& observation, Outbox& outbox) {
  state_->settling.on_observed(now, observation, outbox);
}

void Ownership::on_may_take(Instant now, const UnitId& unit, bool may, Outbox& outbox) {
  state_->settling.on_may_take(now, unit, may, outbox);
}

void Ownership::on_claim_ended(Instant now, const UnitId& unit, ClaimResult result, Epoch epoch,
                               const NodeId& owner, Outbox& outbox) {
  state_->settling.on_claim_ended(now, unit, result, epoch, owner, outbox);
}

void Ownership::on_stopped(Instant now, const UnitId& unit, Outbox& outbox) {
  state_->settling.on_stopped(now, unit, outbox);
}

void Ownership::on_published(Instant now, const UnitId& unit, Epoch epoch) {
  state_->settling.on_published(now, unit, epoch);
}

void Ownership::stop_claiming() {
  state_->settling.stop_claiming();
}

void Ownership::on_stall(Instant now, Duration gap) {
  state_->settling.on_stall(now, gap);
}

void Ownership::on_deadline(Instant now, Outbox& outbox) {
  state_->settling.on_deadline(now, outbox);
}

std::optional<Instant> Ownership::next_deadline() const {
  return state_->settling.next_deadline();
}

std::vector<Ownership::UnitStatus> Ownership::status() const {
  return state_->settling.status();
}

const SpecVersion* Ownership::spec(const std::string& service) const {
  return state_->specs.find(service);
}

std::vector<SpecVersion> Ownership::specs() const {
  return state_->specs.all();
}

}  // namespace gossamer::ownership
