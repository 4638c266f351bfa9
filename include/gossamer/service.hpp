#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "gossamer/ids.hpp"
#include "gossamer/result.hpp"
#include "gossamer/service_spec.hpp"
#include "gossamer/store.hpp"
#include "gossamer/unique_function.hpp"

// libuv's own spelling, repeated so that this header does not pull in <uv.h>.
extern "C" {
struct uv_loop_s;
typedef struct uv_loop_s uv_loop_t;
}

namespace gossamer {

/// What an instance of a service is given when it starts.
struct ServiceContext {
  UnitId unit{};
  Epoch epoch = 0;  ///< Fences. Pass it to whatever else the service writes to.
  ServiceSpec spec{};
  std::shared_ptr<Store> store{};
  /// The node's loop, for services that put handles of their own on it. They must close them in
  /// stop, or in their destructor.
  uv_loop_t* loop = nullptr;
};

/// One running instance of a service, made by a factory of yours.
///
/// **Threads**: made, called and destroyed on the node's loop. Nothing here may block; what takes
/// long answers `done` later, on the loop. **Lifetime**: the node owns it, and destroys it after
/// `stop` has answered, when `start` has failed, or with the node; then `stop` is not called.
class Service {
 public:
  virtual ~Service() = default;

  using Started = UniqueFunction<void(Result<Endpoint>)>;
  using Stopped = UniqueFunction<void()>;

  /// Called once. The answer is where it serves; the node publishes it under the service's name.
  /// An error gives the unit back, and another node or a later try takes it.
  virtual void start(Started done) = 0;

  /// Called at most once, after `start` has answered well. `reason.code` is `fenced` when a newer
  /// epoch owns the unit (every commit fails by now: stop serving), `cancelled` when the service
  /// was undeployed or the node leaves, or what its store failed with (`io`): the unit is given
  /// back.
  virtual void stop(const Error& reason, Stopped done) = 0;
};

/// Makes an instance for one unit and epoch. Null means that it cannot be started here.
using ServiceFactory = std::function<std::unique_ptr<Service>(const ServiceContext&)>;

/// Names one step of one redeploy. The same key twice means the same step: act on it once.
struct RedeployKey {
  std::string service{};
  std::uint32_t ordinal = 0;
  Epoch epoch = 0;

  friend auto operator<=>(const RedeployKey&, const RedeployKey&) = default;
};

/// Your say in every redeploy that this node takes part in. All are optional.
///
/// **Threads**: called on the loop, after the turn. A `reply` may be called later, once, on the
/// loop.
struct RedeployCallbacks {
  /// May this node try to own the unit? `key.epoch` is the newest that is known, 0 for none; a
  /// claim would raise it. Answering no on all nodes but one places the unit there. Asked again
  /// later.
  std::function<void(const RedeployKey& key, const ServiceSpec& spec,
                     UniqueFunction<void(bool)> reply)>
      may_take{};
  /// The unit is owned and its state is here; the service starts next. An error vetoes that: the
  /// unit is given back.
  std::function<void(const RedeployKey& key, const ServiceSpec& spec,
                     UniqueFunction<void(Result<void>)> reply)>
      before{};

  /// Starts a service for which this program has no factory, in your own way (a container, a unit
  /// of the system, a call to somebody else), and answers where it serves.
  std::function<void(const ServiceContext& context, Service::Started reply)> start{};
  /// Ends what `start` started. Must answer.
  std::function<void(const RedeployKey& key, const Error& reason, Service::Stopped reply)> stop{};

  std::function<void(const RedeployKey& key, const Endpoint& endpoint)> started{};
  std::function<void(const RedeployKey& key, const Error& error)> failed{};
  /// A newer epoch owns the unit. Nothing of this epoch enters the journal any more.
  std::function<void(const RedeployKey& key)> fenced{};
};

}  // namespace gossamer
