#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "gossamer/naming_record.hpp"
#include "gossamer/publication.hpp"
#include "gossamer/result.hpp"
#include "gossamer/subscription.hpp"

namespace gossamer {

namespace node {
class Shell;
}

/// The cluster's registry of names, as this node sees it. Reads are local and instant; writes
/// spread by gossip. A phone book, not a lock: several nodes may publish one name.
///
/// **Threads**: confined to the node's loop; other threads use NodeHandle::resolve. **Lifetime**: a
/// part of its node.
class Naming {
 public:
  explicit Naming(node::Shell& shell) : shell_(shell) {}
  Naming(const Naming&) = delete;
  Naming& operator=(const Naming&) = delete;

  /// Publishes until the Publication is destroyed or the node closes. Returns before others have
  /// heard. A name may be published several times; each gets an ordinal of its own.
  /// Errors: invalid_argument, resource_exhausted, already_exists (a deployed service has that
  /// name: its owners are published by themselves), cancelled (the node has closed).
  Result<Publication> publish(std::string name, Endpoint endpoint,
                              std::map<std::string, std::string> attributes = {},
                              std::uint32_t schema = 0);

  /// Records of live nodes. An owned unit has one, never of a lower epoch than was once returned.
  /// Records of a schema that is not among NodeOptions::known_schemas are missing until three
  /// members have lived with them for 30 s. Empty is an answer.
  std::vector<NameRecord> resolve(std::string_view name) const;
  /// All names that have a record.
  std::vector<std::string> names() const;

  using Watcher = std::function<void(const std::vector<NameRecord>&)>;
  /// Calls `watcher` soon with the present answer, then whenever it has changed.
  Subscription watch(std::string name, Watcher watcher);

 private:
  node::Shell& shell_;
};

}  // namespace gossamer
