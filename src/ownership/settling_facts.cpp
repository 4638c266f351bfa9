// What others tell: specs, views, claims, records. None of it is an answer to an order of ours.

#include <algorithm>

#include "ownership/settling.hpp"

namespace gossamer::ownership {

bool Settling::want(Instant now, const UnitId& unit, const SpecVersion& spec, Outbox& outbox) {
  begin(now);
  UnitWatch* const held = watch(unit, /*is_wanted=*/true);
  if (held == nullptr) return false;
  unwanted_.erase(unit);
  held->is_wanted = true;
  held->spec_version = spec.version;
  held->takeover_delay = spec.spec.takeover_delay;
  held->start_timeout = spec.spec.start_timeout;
  tell(unit, *held, outbox);
  step(now, unit, *held, outbox);
  admit(now, outbox);
  return true;
}

void Settling::unwant(Instant now, const UnitId& unit, std::uint64_t version, Outbox& outbox) {
  begin(now);
  UnitWatch* const held = find(unit);
  if (held == nullptr) return;
  held->is_wanted = false;
  held->spec_version = version;
  const bool has_owner = held->is_mine || (held->is_known && !held->owner.is_zero());
  if (has_owner) outbox.push_back(Withdraw{unit, version});
  if (!held->is_mine) {
    forget_owner(unit, *held);
    if (!held->is_claiming) unwanted_.insert(unit);
    tell(unit, *held, outbox);
  }
  step(now, unit, *held, outbox);
  admit(now, outbox);
}

std::vector<UnitId> Settling::wanted_from(const std::string& service, std::uint32_t first) const {
  std::vector<UnitId> units;
  for (auto at = watches_.lower_bound(UnitId{service, first});
       at != watches_.end() && at->first.service == service; ++at) {
    if (at->second.is_wanted) units.push_back(at->first);
  }
  return units;
}

void Settling::on_members(Instant now, const MemberView& members, Outbox& outbox) {
  begin(now);
  const MemberView before = members_;
  std::set<NodeId> moved;
  bool has_loss = false;
  for_each_change(before, members, [&](const Member* was, const Member* is) {
    const bool was_live = was != nullptr && was->is_live();
    const bool is_live = is != nullptr && is->is_live();
    // Alive and suspect are one: both are live.
    const bool is_known = was != nullptr && is != nullptr;
    if (is_known && was_live == is_live && (is_live || was->state == is->state)) return;
    moved.insert((is != nullptr ? is : was)->id);
    has_loss = has_loss || (was_live && !is_live);
  });
  members_ = members;
  history_.note(now, members);
  if (moved.empty()) return;
  ++views_;
  if (has_loss) ++losses_;

  std::set<UnitId> concerned = unsettled_;
  for (const NodeId& id : moved) {
    const auto owned = by_owner_.find(id);
    if (owned == by_owner_.end()) continue;
    for (const UnitId& unit : owned->second) {
      concerned.insert(unit);
      // Who comes back has the whole time to publish again.
      if (members.is_live(id)) watches_.at(unit).learned_at = now;
    }
  }
  for (const UnitId& unit : concerned) step(now, unit, watches_.at(unit), outbox);
  admit(now, outbox);
}

void Settling::on_gone(Instant now, const std::set<NodeId>& ids, Outbox& outbox) {
  begin(now);
  history_.on_gone(ids);
  const std::set<UnitId> waiting = unsettled_;
  for (const UnitId& unit : waiting) step(now, unit, watches_.at(unit), outbox);
  admit(now, outbox);
}

void Settling::on_claim(Instant now, const ClaimAnnouncement& claim, Outbox& outbox) {
  begin(now);
  if (claim.owner.is_zero() || claim.epoch == 0) {
    outbox.push_back(gossip::Trace{"ownership: an invalid claim was refused"});
    return;
  }
  UnitWatch* const held = watch(claim.unit, /*is_wanted=*/false);
  if (held == nullptr) {
    outbox.push_back(gossip::Trace{"ownership: units_max is reached"});
    return;
  }
  if (claim.epoch <= held->epoch) return;
  if (claim.owner == self_ && (held->is_mine || held->is_claiming)) return;  // Its end tells more.
  held->is_mine = false;
  if (!held->is_wanted && !held->is_claiming) unwanted_.insert(claim.unit);
  note_owner(now, claim.unit, *held, claim.epoch, claim.owner, outbox);
  step(now, claim.unit, *held, outbox);
  admit(now, outbox);
}

void Settling::on_published(Instant now, const UnitId& unit, Epoch epoch) {
  begin(now);
  UnitWatch* const held = watch(unit, /*is_wanted=*/false);
  if (held == nullptr || epoch <= held->published) return;
  held->published = epoch;
  if (held->is_published()) held->claim_failures = 0;
  // A step may have orders to give, and this input takes none: it is made at once, by a deadline.
  if (unsettled_.count(unit) == 1 || held->is_published()) wakeups_.set(unit, now);
}

void Settling::note_owner(Instant now, const UnitId& unit, UnitWatch& watch, Epoch epoch,
                          const NodeId& owner, Outbox& outbox) {
  const bool is_next = epoch > watch.epoch || (watch.is_known && owner != watch.owner);
  if (is_next) {
    rest(unit, watch);
    watch.claim_rest = kLongAgo;
    if (owner != self_) watch.claim_failures = 0;
    if (!owner.is_zero() && owner != self_) note_taker(unit, watch, epoch, owner, outbox);
  }
  // Who claims again and again without ever publishing gains no time by it.
  const bool is_retry =
      watch.is_known && owner == watch.owner && !owner.is_zero() && !watch.is_published();
  if ((is_next || !watch.is_known) && !is_retry) watch.learned_at = now;
  watch.epoch = std::max(watch.epoch, epoch);
  watch.is_known = true;
  set_owner(unit, watch, owner);
  tell(unit, watch, outbox);
}

// A node that this one neither hears nor knows of writes into the same store.
void Settling::note_taker(const UnitId& unit, UnitWatch& watch, Epoch epoch, const NodeId& owner,
                          Outbox& outbox) {
  if (members_.find(owner) != nullptr) {
    watch.stranger_losses = 0;
    return;
  }
  if (watch.owner != self_) return;
  watch.stranger_losses = std::min<std::uint32_t>(watch.stranger_losses + 1, 32);
  outbox.push_back(Notify{Alarm{
      to_string(unit),
      "taken in epoch " + std::to_string(epoch) + " by " + to_string(owner) +
          ", which is no member here: a node that this cluster does not hear uses the same object "
          "store. It may have another key, no admission, or nothing to --discover"}});
}

void Settling::set_owner(const UnitId& unit, UnitWatch& watch, const NodeId& owner) {
  const auto before = by_owner_.find(watch.owner);
  if (before != by_owner_.end()) {
    before->second.erase(unit);
    if (before->second.empty()) by_owner_.erase(before);
  }
  watch.owner = owner;
  if (!owner.is_zero()) by_owner_[owner].insert(unit);
}

void Settling::forget_owner(const UnitId& unit, UnitWatch& watch) {
  set_owner(unit, watch, NodeId{});
  watch.is_known = false;
  watch.is_mine = false;
}

NodeId Settling::visible_owner(const UnitWatch& watch) const {
  // A claim of ours that this run does not hold is nobody's.
  if (!watch.is_mine && watch.owner == self_) return {};
  return watch.owner;
}

void Settling::tell(const UnitId& unit, UnitWatch& watch, Outbox& outbox) {
  const NodeId owner = visible_owner(watch);
  // Unwanted units have no owner worth telling, unless one was told.
  if (!watch.is_wanted && !watch.is_mine && !owner.is_zero()) return;
  const bool is_same =
      owner == watch.told_owner && (owner.is_zero() || watch.epoch == watch.told_epoch);
  if (is_same) return;
  watch.told_owner = owner;
  watch.told_epoch = watch.epoch;
  outbox.push_back(Notify{OwnershipChanged{unit, owner, watch.epoch}});
}

std::vector<Ownership::UnitStatus> Settling::status() const {
  std::vector<Ownership::UnitStatus> units;
  for (const auto& [unit, watch] : watches_) {
    if (!watch.is_wanted && !watch.is_mine) continue;
    units.push_back({unit, visible_owner(watch), watch.epoch});
  }
  return units;
}

}  // namespace gossamer::ownership
