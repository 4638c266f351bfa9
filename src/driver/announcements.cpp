// Announcements of specs and claims, as gossip holds them: how many, and for how long.

#include "driver/state.hpp"

namespace gossamer::driver {
namespace {

using gossip::EntryKey;
using gossip::EntryKind;

EntryKey spec_key(const std::string& service) {
  return {EntryKind::spec, {}, service};
}

}  // namespace

bool Driver::State::has_room_for(const NodeId& author, const EntryKey& key) {
  const std::size_t most =
      key.kind == EntryKind::spec ? options.announced_specs_max : options.announced_claims_max;
  if (gossip.replica().find(key) != nullptr || gossip.replica().count(key.kind) < most) return true;
  if (key.kind == EntryKind::spec && make_room_for_spec(author)) return true;
  ++counters.announcements_over_bound;
  return false;
}

bool Driver::State::hear_spec(const NodeId& author, const EntryKey& key,
                              const ownership::SpecAnnouncement& announced) {
  const ownership::SpecVersion* known = ownership.spec(announced.service);
  if (known != nullptr && known->is_undeploy && announced.version <= known->version &&
      !undeployed.is_told(announced.service)) {
    ports.events->on_trace("driver: a spec that is forgotten was announced");
    return false;
  }
  const bool is_to_read = journal_orders && !is_spec_known(announced.service, announced.version);
  if (is_to_read && !may_look_up(author)) {
    ++counters.announcements_over_bound;
    return false;
  }
  if (!has_room_for(author, key)) return false;
  if (is_to_read) look_up_spec(announced.service, announced.version);
  return true;
}

bool Driver::State::hear_claim(const EntryKey& key, const ownership::ClaimAnnouncement& claim) {
  if (!has_room_for(claim.owner, key)) return false;
  const std::string& service = claim.unit.service;
  const ownership::SpecVersion* known = ownership.spec(service);
  // While its newest spec is being read it may have been deployed anew.
  if (known != nullptr && known->is_undeploy && specs_wanted.count(service) == 0 &&
      !undeployed.is_told(service)) {
    ports.events->on_trace("driver: a claim of a forgotten service was announced");
    return false;
  }
  const naming::ClaimHeard heard{claim.unit, claim.epoch, claim.owner, claim.slot};
  if (journal_orders) {
    members_changed();  // Its author may be news of the same packet.
    return naming.on_claim_heard(now, heard, naming_out);
  }
  // Nobody here can read a journal, so what is said must do.
  naming.on_claim(now, claim.unit, claim.epoch, {}, naming_out);
  on_claim_confirmed(heard);
  return true;
}

void Driver::State::on_spec_changed(const SpecChanged& changed) {
  if (changed.deployed) {
    undeployed.raise(changed.service);
  } else {
    undeployed.bury(now, changed.service, changed.version);
  }
}

// Nothing, if a newer spec is on its way to us: then it is not over.
std::vector<EntryKey> Driver::State::announcements_of(const Undeployed::Service& service) const {
  const gossip::Entry* spec = gossip.replica().find(spec_key(service.name));
  if (spec != nullptr && spec->version > service.version) return {};
  std::vector<EntryKey> keys = gossip.replica().ownerless(EntryKind::claim, service.name + "/");
  if (spec != nullptr) keys.push_back(spec->key);
  return keys;
}

void Driver::State::run_undeployed() {
  for (const auto& service : undeployed.take_hushed(now)) {
    for (const EntryKey& key : announcements_of(service)) gossip.hush(key);
  }
  for (const auto& service : undeployed.take_forgotten(now)) {
    for (const EntryKey& key : announcements_of(service)) forget(key);
    naming.on_forgotten(service.name);
  }
}

}  // namespace gossamer::driver
