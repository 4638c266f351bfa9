// What others announce of specs: how many of them are looked up, and what becomes of those that the
// object store does not bear out. (The poll finds what was not looked up.)

#include <algorithm>

#include "driver/state.hpp"

namespace gossamer::driver {
namespace {

using gossip::EntryKey;
using gossip::EntryKind;

/// Reads for the announcements of one live author, and as many for those of all others together.
constexpr std::size_t kReadsPerAuthor = 8;
constexpr Duration kAuthorWindow = std::chrono::seconds{8};

EntryKey key_of(const std::string& service) {
  return {EntryKind::spec, {}, service};
}

}  // namespace

bool Driver::State::is_spec_known(const std::string& service, std::uint64_t version) const {
  const ownership::SpecVersion* known = ownership.spec(service);
  return known != nullptr && known->version >= version;
}

std::uint64_t Driver::State::announced_spec(const std::string& service) const {
  const gossip::Entry* held = gossip.replica().find(key_of(service));
  return held == nullptr ? 0 : held->version;
}

std::map<std::string, std::uint64_t> Driver::State::announced_specs() const {
  std::map<std::string, std::uint64_t> versions;
  for (const EntryKey& key : gossip.replica().ownerless(EntryKind::spec, {})) {
    versions[key.name] = gossip.replica().find(key)->version;
  }
  return versions;
}

bool Driver::State::may_look_up(const NodeId& author) {
  const MemberView& members = membership.members();
  if (spec_reads_of.size() > 2 * members.size()) {
    std::erase_if(spec_reads_of, [&](const auto& one) { return !members.is_live(one.first); });
  }
  const NodeId account = members.is_live(author) ? author : NodeId{};
  const auto at = spec_reads_of.try_emplace(account, kReadsPerAuthor, kAuthorWindow).first;
  return at->second.take(now) && spec_reads.take(now);
}

// One read, and no more: a store that is away is asked again by the poll.
void Driver::State::look_up_spec(const std::string& service, std::uint64_t version) {
  if (!specs_wanted.insert(service).second) return;
  read_spec(service, version, [service](State& state) { state.specs_wanted.erase(service); });
}

// Who announces puts the spec into the store first, so what was read after that and is older shows
// a lie. It may hide a true one.
void Driver::State::give_up_spec(const std::string& service, std::uint64_t version) {
  if (announced_spec(service) != version) return;
  ++counters.specs_refuted;
  forget(key_of(service));
  const ownership::SpecVersion* known = ownership.spec(service);
  if (known != nullptr && !known->is_undeploy)
    publish(ownership::SpecAnnouncement{service, known->version});
}

void Driver::State::give_up_unlisted(const std::map<std::string, std::uint64_t>& before,
                                     const SpecStore::Versions& listed) {
  for (const auto& [service, version] : before) {
    const auto at = listed.find(service);
    // Of more services than a list has, one that is missing may be there.
    if (at == listed.end() && listed.size() >= SpecStore::kSpecsMax) continue;
    if (at == listed.end() || at->second < version) give_up_spec(service, version);
  }
}

// One that is not known to be true, of the author with the most: so he keeps out nobody but
// himself.
bool Driver::State::make_room_for_spec(const NodeId& author) {
  std::map<NodeId, std::vector<EntryKey>> unproven;
  for (const EntryKey& key : gossip.replica().ownerless(EntryKind::spec, {})) {
    const gossip::Entry* held = gossip.replica().find(key);
    if (!is_spec_known(key.name, held->version))
      unproven[wire::author_of(*held->statement)].push_back(key);
  }
  const auto most = std::max_element(
      unproven.begin(), unproven.end(),
      [](const auto& a, const auto& b) { return a.second.size() < b.second.size(); });
  const auto own = unproven.find(author);
  const std::size_t own_count = own == unproven.end() ? 0 : own->second.size();
  if (most == unproven.end() || most->second.size() <= own_count + 1) return false;
  forget(most->second.front());
  return true;
}

}  // namespace gossamer::driver
