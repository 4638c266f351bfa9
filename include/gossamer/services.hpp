#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "gossamer/ids.hpp"
#include "gossamer/result.hpp"
#include "gossamer/service.hpp"
#include "gossamer/service_spec.hpp"
#include "gossamer/store.hpp"
#include "gossamer/unique_function.hpp"

namespace gossamer {

namespace node {
class Shell;
}

/// Who owns one unit, as believed here.
struct UnitStatus {
  UnitId unit{};
  NodeId owner{};  ///< Zero: nobody is known to own it.
  Epoch epoch = 0;
  std::optional<Endpoint> endpoint{};  ///< Where it serves, once its owner has published that.
};

struct ServiceStatus {
  ServiceSpec spec{};
  std::uint64_t version = 0;  ///< Of the spec.
  std::vector<UnitStatus> units{};
};

/// The services that the cluster keeps running.
///
/// **Threads**: confined to the node's loop. Every `done` runs once, on the loop, never from inside
/// the call. **Lifetime**: a part of its node.
class Services {
 public:
  explicit Services(node::Shell& shell) : shell_(shell) {}
  Services(const Services&) = delete;
  Services& operator=(const Services&) = delete;

  /// From now on this node can run services whose spec names this factory.
  /// Errors: invalid_argument, already_exists.
  Result<void> register_factory(std::string name, ServiceFactory factory);

  /// Writes the next version of the spec to the object store; nodes that have the factory start it.
  /// `done` gets the version. A newer version changes at once which units there are, and when they
  /// are taken over; a unit that runs goes on as it was started (arguments, ship_interval,
  /// freeze_after_entries) until its next claim. Errors: invalid_argument (also: this node has no
  /// object store or no data directory), unavailable, cancelled, unknown_outcome.
  void deploy(ServiceSpec spec, UniqueFunction<void(Result<std::uint64_t>)> done);
  /// Stops it everywhere. Its frozen state stays. Errors: not_found, unavailable, cancelled,
  /// unknown_outcome.
  void undeploy(std::string service, UniqueFunction<void(Result<void>)> done);
  /// Freezes a unit that this node owns; `done` gets the newest write that the frozen state holds.
  /// Errors: not_found (owned elsewhere), unavailable, fenced, cancelled.
  void freeze(UnitId unit, UniqueFunction<void(Result<Sequence>)> done);

  std::vector<ServiceStatus> list() const;

 private:
  node::Shell& shell_;
};

}  // namespace gossamer
