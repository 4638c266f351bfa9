#include "sim/sim_services.hpp"

namespace gossamer::sim {
namespace {

constexpr std::uint32_t kFirstPort = 20'000;

}  // namespace

void ServiceFabric::remove_all(HostIndex host) {
  for (auto at = serving_.begin(); at != serving_.end();) {
    at = at->second.host == host ? serving_.erase(at) : std::next(at);
  }
}

const ServiceFabric::Serving* ServiceFabric::find(const Endpoint& endpoint) const {
  const auto found = serving_.find(endpoint);
  return found == serving_.end() ? nullptr : &found->second;
}

Endpoint SimServices::endpoint_of(const UnitId& unit) const {
  return {endpoint_.address, static_cast<std::uint16_t>(kFirstPort + unit.ordinal)};
}

void SimServices::soon(UniqueFunction<void()> task) {
  if (random_.chance(1, 4)) return task();
  process_->after(Duration{random_.between(0, conditions_.start_max.count())}, std::move(task));
}

void SimServices::may_take(const UnitId&, Epoch, const ServiceSpec&,
                           UniqueFunction<void(bool)> reply) {
  const bool may = !random_.chance(conditions_.vetoes, 1000);
  soon([may, reply = std::move(reply)]() mutable { reply(may); });
}

void SimServices::start(const UnitId& unit, Epoch epoch, const ServiceSpec&,
                        std::shared_ptr<Store> store,
                        UniqueFunction<void(Result<Endpoint>)> reply) {
  witness_.on_service_started(host_, volume_, unit, epoch, *store);
  if (random_.chance(conditions_.failed_starts, 1000)) {
    return soon([reply = std::move(reply)]() mutable {
      reply(fail(ErrorCode::unavailable, "the simulated service did not start"));
    });
  }
  const Endpoint endpoint = endpoint_of(unit);
  fabric_.add(endpoint,
              {host_, process_, std::make_shared<Ledger>(host_, std::move(store), witness_)});
  soon([endpoint, reply = std::move(reply)]() mutable { reply(endpoint); });
}

void SimServices::stop(const UnitId& unit, Epoch epoch, const Error&,
                       UniqueFunction<void()> reply) {
  witness_.on_service_stopped(host_, unit, epoch);
  const Endpoint endpoint = endpoint_of(unit);
  if (const ServiceFabric::Serving* serving = fabric_.find(endpoint)) serving->ledger->stop();
  fabric_.remove(endpoint);
  soon(std::move(reply));
}

}  // namespace gossamer::sim
