#pragma once

#include <map>
#include <memory>
#include <utility>

#include "base/random.hpp"
#include "ports/service_host.hpp"
#include "sim/ledger.hpp"
#include "sim/process.hpp"
#include "sim/witness.hpp"

namespace gossamer::sim {

/// Where services serve: what a client reaches at an address.
class ServiceFabric {
 public:
  struct Serving {
    HostIndex host = 0;
    std::shared_ptr<Process> process{};
    std::shared_ptr<Ledger> ledger{};
  };
  void add(const Endpoint& endpoint, Serving serving) { serving_[endpoint] = std::move(serving); }
  void remove(const Endpoint& endpoint) { serving_.erase(endpoint); }
  void remove_all(HostIndex host);
  const Serving* find(const Endpoint& endpoint) const;

 private:
  std::map<Endpoint, Serving> serving_;
};

/// How willing a node's program is. Chances are in per mille.
struct ServiceConditions {
  std::uint32_t vetoes = 0;
  std::uint32_t failed_starts = 0;
  Duration start_max = std::chrono::milliseconds{50};
};

/// The service host of one process: runs ledgers.
class SimServices final : public ServiceHost {
 public:
  SimServices(HostIndex host, Endpoint endpoint, std::uint64_t volume,
              std::shared_ptr<Process> process, ServiceFabric& fabric,
              const ServiceConditions& conditions, std::uint64_t seed, Witness& witness)
      : host_(host),
        endpoint_(std::move(endpoint)),
        volume_(volume),
        process_(std::move(process)),
        fabric_(fabric),
        conditions_(conditions),
        random_(seed),
        witness_(witness) {}

  void may_take(const UnitId& unit, Epoch last_epoch, const ServiceSpec& spec,
                UniqueFunction<void(bool)> reply) override;
  void start(const UnitId& unit, Epoch epoch, const ServiceSpec& spec, std::shared_ptr<Store> store,
             UniqueFunction<void(Result<Endpoint>)> reply) override;
  void stop(const UnitId& unit, Epoch epoch, const Error& reason,
            UniqueFunction<void()> reply) override;

 private:
  Endpoint endpoint_of(const UnitId& unit) const;
  /// Now or later: both are allowed.
  void soon(UniqueFunction<void()> task);

  HostIndex host_;
  Endpoint endpoint_;
  std::uint64_t volume_;
  std::shared_ptr<Process> process_;
  ServiceFabric& fabric_;
  const ServiceConditions& conditions_;
  Random random_;
  Witness& witness_;
};

}  // namespace gossamer::sim
