#pragma once

#include <map>

#include "gossamer/ids.hpp"
#include "wire/version.hpp"

namespace gossamer::driver {

/// Which version of the wire is spoken to whom: the highest that both read, by what a member has
/// said and signed. To whoever has not said anything yet, a seed say, it is the oldest: nodes of
/// neighbouring versions both read that. What is held is bounded by the members that are held.
class VersionChoice {
 public:
  explicit VersionChoice(const wire::VersionRange& own) : own_(own) {}

  const wire::VersionRange& own() const { return own_; }

  /// A member has said what it reads. One that has nothing in common with this node gets the
  /// oldest, which tells it to say so to somebody.
  void on_member(const NodeId& id, const Endpoint& endpoint, const wire::VersionRange& theirs) {
    forget(id);
    const wire::Version version = highest_common(own_, theirs).value_or(own_.oldest);
    if (version == own_.oldest) return;
    endpoints_[id] = endpoint;
    versions_[endpoint] = version;
  }
  void forget(const NodeId& id) {
    const auto at = endpoints_.find(id);
    if (at == endpoints_.end()) return;
    versions_.erase(at->second);
    endpoints_.erase(at);
  }
  wire::Version version_for(const Endpoint& to) const {
    const auto at = versions_.find(to);
    return at == versions_.end() ? own_.oldest : at->second;
  }

 private:
  wire::VersionRange own_;
  // Only of those that are spoken to in a later version than the oldest.
  std::map<NodeId, Endpoint> endpoints_;
  std::map<Endpoint, wire::Version> versions_;
};

}  // namespace gossamer::driver
