#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>

#include "gossamer/service.hpp"
#include "node/callback_queue.hpp"
#include "ports/service_host.hpp"

namespace gossamer::node {

/// Runs services by the user's means: factories, or redeploy callbacks where there is no factory.
/// The driver calls it; everything of the user's runs from the callback queue.
///
/// **Threads**: confined to the loop.
class ServiceRunner final : public ServiceHost, public std::enable_shared_from_this<ServiceRunner> {
 public:
  struct Options {
    uv_loop_t* loop = nullptr;
    std::map<std::string, ServiceFactory> factories{};
    RedeployCallbacks redeploy{};
    bool has_stores = false;  ///< Without a place for stores nothing is taken.
  };
  ServiceRunner(Options options, std::shared_ptr<CallbackQueue> callbacks);

  Result<void> register_factory(std::string name, ServiceFactory factory);

  void may_take(const UnitId& unit, Epoch last_epoch, const ServiceSpec& spec,
                UniqueFunction<void(bool)> reply) override;
  void start(const UnitId& unit, Epoch epoch, const ServiceSpec& spec, std::shared_ptr<Store> store,
             UniqueFunction<void(Result<Endpoint>)> reply) override;
  void stop(const UnitId& unit, Epoch epoch, const Error& reason,
            UniqueFunction<void()> reply) override;

  /// Destroys what runs, unstopped: the node is closing.
  void clear() { running_.clear(); }

 private:
  struct Running;
  using RunningPointer = std::shared_ptr<Running>;

  const ServiceFactory* find_factory(const ServiceSpec& spec) const;
  void call_before(const RunningPointer& running);
  void start_service(const RunningPointer& running);
  void on_started(const RunningPointer& running, const Result<Endpoint>& endpoint);
  void stop_service(const RunningPointer& running);
  void on_stopped(const RunningPointer& running);
  template <class F>
  auto guarded(F function);
  template <class F>
  auto queued(F function);

  Options options_;
  std::shared_ptr<CallbackQueue> callbacks_;
  std::map<std::pair<UnitId, Epoch>, RunningPointer> running_;
};

}  // namespace gossamer::node
