#include "discovery/witness.hpp"

#include <optional>
#include <set>

namespace gossamer {

/// Members by where they are.
struct Witness::Census {
  std::set<Endpoint> live{};
  std::set<Endpoint> left{};   ///< On purpose, and nobody else is there.
  std::set<Endpoint> known{};  ///< In any state.
};

/// What one answer and the view differ in.
struct Witness::Comparison {
  std::set<Endpoint> listed{};  ///< By anybody, and not gone.
  std::set<Endpoint> gone{};    ///< Members' addresses whose machine is.
  std::set<Named> differing{};

  void add(Kind kind, const std::string& machine, const Endpoint& endpoint) {
    if (differing.size() < kMachinesMax) differing.insert({kind, {machine, endpoint}});
  }
};

Witness::Census Witness::count(const MemberView& members) {
  Census census;
  for (const Member& member : members) {
    census.known.insert(member.endpoint);
    if (member.is_live()) census.live.insert(member.endpoint);
    if (member.state == MemberState::left) census.left.insert(member.endpoint);
  }
  return census;
}

void Witness::remember_addresses(Source& source, const std::vector<Sighting>& sightings) {
  std::map<std::string, Endpoint> addresses;
  for (const Sighting& sighting : sightings) {
    if (sighting.machine.empty() || addresses.size() >= kMachinesMax) continue;
    if (sighting.endpoint) {
      addresses.insert_or_assign(sighting.machine, *sighting.endpoint);
      continue;
    }
    const auto before = source.addresses.find(sighting.machine);
    if (before != source.addresses.end()) addresses.insert(*before);
  }
  source.addresses = std::move(addresses);
}

Witness::Findings Witness::compare(const std::string& name, const std::vector<Sighting>& sightings,
                                   const std::vector<Endpoint>& seeds, const MemberView& members) {
  Findings findings;
  if (sightings.empty()) return findings;
  Source& source = sources_[name];
  remember_addresses(source, sightings);
  const Census census = count(members);
  Comparison comparison;
  comparison.listed.insert(seeds.begin(), seeds.end());
  for (const Sighting& sighting : sightings) {
    if (sighting.endpoint && sighting.state != Sighting::State::gone) {
      comparison.listed.insert(*sighting.endpoint);
    }
  }
  compare_machines(source, sightings, census, comparison);
  for (const Member& member : members) {
    if (!member.is_live() || member.id == self_ || comparison.listed.contains(member.endpoint) ||
        comparison.gone.contains(member.endpoint)) {
      continue;
    }
    comparison.add(Kind::unknown_member, {}, member.endpoint);
  }
  findings.gone.assign(comparison.gone.begin(), comparison.gone.end());
  findings.differences = tell_new(name, source, comparison);
  return findings;
}

void Witness::compare_machines(const Source& source, const std::vector<Sighting>& sightings,
                               const Census& census, Comparison& comparison) {
  for (const Sighting& sighting : sightings) {
    const auto address = source.addresses.find(sighting.machine);
    std::optional<Endpoint> endpoint = sighting.endpoint;
    if (!endpoint && address != source.addresses.end()) endpoint = address->second;
    if (!endpoint) continue;
    if (sighting.state == Sighting::State::gone) {
      // An address may have been given to another machine already.
      if (comparison.listed.contains(*endpoint) || !census.known.contains(*endpoint)) continue;
      comparison.gone.insert(*endpoint);
      if (census.live.contains(*endpoint)) {
        comparison.add(Kind::gone_but_alive, sighting.machine, *endpoint);
      }
    } else if (sighting.state == Sighting::State::running && sighting.left_out.empty() &&
               !census.live.contains(*endpoint) && !census.left.contains(*endpoint)) {
      comparison.add(Kind::not_joined, sighting.machine, *endpoint);
    }
  }
}

std::vector<DiscoveryDifference> Witness::tell_new(const std::string& name, Source& source,
                                                   const Comparison& comparison) {
  std::vector<DiscoveryDifference> told;
  std::map<Named, bool> held;
  for (const Named& difference : comparison.differing) {
    const auto before = source.held.find(difference);
    const bool was_told = before != source.held.end() && before->second;
    // A machine takes a while to start its node, and a list lags: only what stays is told. That a
    // machine has gone is no lag.
    const bool is_ripe = before != source.held.end() || difference.first == Kind::gone_but_alive;
    const bool is_new = is_ripe && !was_told && told.size() < kToldMax;
    if (is_new) {
      const auto& [machine, endpoint] = difference.second;
      told.push_back({difference.first, name, machine, endpoint});
    }
    held.emplace(difference, was_told || is_new);
  }
  source.held = std::move(held);
  return told;
}

}  // namespace gossamer
