#include "sim/belief_checker.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace gossamer::sim {
namespace {

/// Copying all units out of a node costs more than most turns: not after each of them.
constexpr std::uint64_t kTurnsBetween = 8;

}  // namespace

void BeliefChecker::on_event(HostIndex host) {
  seen_[host].is_due = true;
}

void BeliefChecker::on_turn(HostIndex index) {
  const SimHost& host = *hosts_[index];
  Seen& seen = seen_[index];
  if (seen.boots != host.boots()) {
    seen = Seen{};
    seen.boots = host.boots();
  }
  const MemberView& members = host.driver()->members();
  if (!members.is_same_as(seen.members)) {
    check_self(host, seen);
    check_members(host, seen);
    seen.members = members;
  }
  if (++seen.turns % kTurnsBetween != 0 && !seen.is_due) return;
  seen.is_due = false;
  check_units(host, seen);
  check_specs(host, seen);
}

void BeliefChecker::check_self(const SimHost& host, Seen& seen) {
  const Member* self = host.driver()->members().find(host.id());
  if (self == nullptr) return;
  Own& own = own_[host.id()];
  if (own.incarnation > 0 && own.boots == seen.boots && own.host == host.index() &&
      self->incarnation < own.incarnation) {
    complain_(fmt::format("n{} lowered its incarnation from {} to {}", host.index(),
                          own.incarnation, self->incarnation));
  }
  // A boot whose number never became durable has said nothing: the next may use it again. And one
  // that was restored learns from the others what it had said.
  if (own.boots != seen.boots && own.boot != host.boot() && !host.is_restored() &&
      self->incarnation <= own.incarnation) {
    complain_(fmt::format("n{} restarted with incarnation {}, had {}", host.index(),
                          self->incarnation, own.incarnation));
  }
  own = {self->incarnation, seen.boots, host.boot(), host.index(),
         std::max(own.highest, self->incarnation)};
}

void BeliefChecker::check_members(const SimHost& host, Seen& seen) {
  auto before = seen.members.begin();
  for (const Member& member : host.driver()->members()) {
    const auto own = own_.find(member.id);
    if (own == own_.end() || member.incarnation > own->second.highest) {
      complain_(fmt::format("n{} believes in incarnation {} of {}, which it never had",
                            host.index(), member.incarnation, to_short_string(member.id)));
    }
    while (before != seen.members.end() && before->id < member.id) ++before;
    if (before == seen.members.end() || before->id != member.id) continue;
    if (member.incarnation < before->incarnation) {
      complain_(fmt::format("n{} lowered the incarnation of {} from {} to {}", host.index(),
                            to_short_string(member.id), before->incarnation, member.incarnation));
    }
  }
}

bool BeliefChecker::is_to_be_heeded(const naming::ClaimHeard& claim) const {
  if (lied_.contains(naming::teller_of(claim))) return false;
  const JournalChecker::Claim* held = journal_.claim(claim.unit, claim.epoch);
  return held != nullptr && held->writer == claim.author && held->slot == claim.slot;
}

void BeliefChecker::check_units(const SimHost& host, Seen& seen) {
  for (const auto& status : host.driver()->units()) {
    Epoch& epoch = seen.epochs[status.unit];
    if (status.epoch < epoch) {
      complain_(fmt::format("n{} lowered the epoch of {} from {} to {}", host.index(),
                            to_string(status.unit), epoch, status.epoch));
    }
    epoch = std::max(epoch, status.epoch);
    if (status.epoch > journal_.highest_epoch(status.unit)) {
      complain_(fmt::format("n{} believes in epoch {} of {}, which nobody claimed", host.index(),
                            status.epoch, to_string(status.unit)));
    }
    const JournalChecker::Claim* claim = journal_.claim(status.unit, status.epoch);
    if (claim != nullptr && !status.owner.is_zero() && claim->writer != status.owner) {
      complain_(fmt::format("n{} believes that {} owns epoch {} of {}, which {} claimed",
                            host.index(), to_short_string(status.owner), status.epoch,
                            to_string(status.unit), to_short_string(claim->writer)));
    }
    Epoch& heard = seen.heard[status.unit];
    heard = std::max(heard, epoch);
    const auto doubted = host.driver()->doubted(status.unit);
    if (doubted && is_to_be_heeded(*doubted)) heard = std::max(heard, doubted->epoch);
    const auto record = host.driver()->resolve(status.unit);
    if (!record) continue;
    // From the cache it says so, and promises nothing yet.
    if (record->is_stale) continue;
    Epoch& resolved = seen.resolved[status.unit];
    if (record->epoch < std::max(heard, resolved)) {
      complain_(fmt::format("n{} resolves {} in epoch {} and has heard of {}", host.index(),
                            to_string(status.unit), record->epoch, std::max(heard, resolved)));
    }
    if (record->epoch > journal_.highest_epoch(status.unit)) {
      complain_(fmt::format("n{} resolves {} in epoch {}, which nobody claimed", host.index(),
                            to_string(status.unit), record->epoch));
    }
    resolved = std::max(resolved, record->epoch);
  }
}

void BeliefChecker::check_specs(const SimHost& host, Seen& seen) {
  for (const auto& spec : host.driver()->specs()) {
    std::uint64_t& version = seen.specs[spec.spec.name];
    if (spec.version < version) {
      complain_(fmt::format("n{} went back to spec {} of {} from {}", host.index(), spec.version,
                            spec.spec.name, version));
    }
    version = std::max(version, spec.version);
  }
}

}  // namespace gossamer::sim
