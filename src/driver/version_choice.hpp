#pragma once

#include <algorithm>
#include <map>

#include "gossamer/ids.hpp"
#include "wire/version.hpp"

namespace gossamer::driver {

/// Which version of the wire is spoken to whom: the highest that both read, by what a member has
/// said and signed. To whoever has not said anything yet, a seed say, it is the oldest: nodes of
/// neighbouring versions both read that. Where several say that they listen (one that was wiped and
/// has a new identity, or one that lies) it is the lowest of theirs, which all of them read. What
/// is held is bounded by the members that are held, and nothing while there is one version only.
class VersionChoice {
 public:
  explicit VersionChoice(const wire::VersionRange& own) : own_(own) {}

  const wire::VersionRange& own() const { return own_; }

  /// A member has said what it reads. One that has nothing in common with this node gets the
  /// oldest, which tells it to say so to somebody.
  void on_member(const NodeId& id, const Endpoint& endpoint, const wire::VersionRange& theirs) {
    if (own_.oldest == own_.newest) return;
    forget(id);
    endpoints_[id] = endpoint;
    versions_[endpoint][id] = highest_common(own_, theirs).value_or(own_.oldest);
  }
  void forget(const NodeId& id) {
    const auto at = endpoints_.find(id);
    if (at == endpoints_.end()) return;
    const auto there = versions_.find(at->second);
    there->second.erase(id);
    if (there->second.empty()) versions_.erase(there);
    endpoints_.erase(at);
  }
  wire::Version version_for(const Endpoint& to) const {
    const auto at = versions_.find(to);
    if (at == versions_.end()) return own_.oldest;
    wire::Version lowest = own_.newest;
    for (const auto& [id, version] : at->second) lowest = std::min(lowest, version);
    return lowest;
  }

 private:
  wire::VersionRange own_;
  std::map<NodeId, Endpoint> endpoints_;
  std::map<Endpoint, std::map<NodeId, wire::Version>> versions_;
};

}  // namespace gossamer::driver
