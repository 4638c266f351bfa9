#pragma once

#include <memory>

#include "gossamer/service_spec.hpp"
#include "gossamer/store.hpp"

namespace gossamer {

/// Starts and stops services by the user's means. Called by the driver after a turn, on the loop;
/// the answers may come at once or later, on the loop.
class ServiceHost {
 public:
  virtual ~ServiceHost() = default;

  /// May this node try to own the unit? No factory for it is a no.
  virtual void may_take(const UnitId& unit, Epoch last_epoch, const ServiceSpec& spec,
                        UniqueFunction<void(bool)> reply) = 0;
  /// Start it on its store. The answer is where it serves.
  virtual void start(const UnitId& unit, Epoch epoch, const ServiceSpec& spec,
                     std::shared_ptr<Store> store,
                     UniqueFunction<void(Result<Endpoint>)> reply) = 0;
  /// Stop it: fenced (`reason.code` is fenced), undeployed or leaving (cancelled), or its store
  /// failed (io).
  virtual void stop(const UnitId& unit, Epoch epoch, const Error& reason,
                    UniqueFunction<void()> reply) = 0;
};

}  // namespace gossamer
