#include "sim/workload.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace gossamer::sim {
namespace {

constexpr Duration kAnswerTimeout = std::chrono::seconds{2};
constexpr std::uint64_t kCounters = 3;

}  // namespace

Workload::Workload(World& world, std::vector<std::unique_ptr<SimHost>>& hosts, std::uint64_t seed)
    : world_(world), hosts_(hosts), random_(seed) {
  for (std::uint64_t i = 0; i < world.scenario.clients; ++i) {
    clients_.push_back(std::make_unique<Client>());
    clients_.back()->number = i;
  }
}

void Workload::begin() {
  for (const auto& client : clients_) think(*client);
}

bool Workload::is_idle() const {
  return std::none_of(clients_.begin(), clients_.end(),
                      [](const auto& client) { return client->is_busy; });
}

Duration Workload::draw_ms(std::int64_t low, std::int64_t high) {
  return std::chrono::milliseconds{random_.between(low, high)};
}

void Workload::think(Client& client) {
  client.is_busy = false;
  const Duration most = world_.scenario.think_max;
  world_.queue.after(Duration{random_.between(1'000'000, most.count())}, [this, &client] {
    if (is_finishing_) return;
    draw_request(client);
    send(client);
  });
}

void Workload::draw_request(Client& client) {
  client.is_busy = true;
  client.unit = {world_.scenario.spec.name,
                 static_cast<std::uint32_t>(random_.below(world_.scenario.spec.instances))};
  client.request.id =
      fmt::format("{}{:04}", static_cast<char>('a' + client.number % 26), client.requests++);
  client.request.counter = fmt::format("c{}", random_.below(kCounters));
  client.request.amount = 1 + random_.below(9);
  client.request.flag = random_.chance(1, 2);
  client.request.durability =
      random_.chance(world_.scenario.local_writes, 1000) ? Durability::local : Durability::frozen;
}

void Workload::send(Client& client) {
  ++attempts_;
  const std::uint64_t attempt = ++client.attempt;
  std::vector<SimHost*> nodes;
  for (const auto& host : hosts_) {
    if (host->is_running() && !host->is_stopped()) nodes.push_back(host.get());
  }
  const auto record = nodes.empty()
                          ? std::nullopt
                          : nodes[random_.below(nodes.size())]->driver()->resolve(client.unit);
  if (!record) return send_again(client);
  // Whoever hears nothing asks again, maybe somebody else.
  world_.queue.after(kAnswerTimeout, [this, &client, attempt] {
    if (client.is_busy && client.attempt == attempt) send_again(client);
  });
  world_.queue.after(draw_ms(0, 3), [this, &client, attempt, to = record->endpoint] {
    const ServiceFabric::Serving* serving = world_.fabric.find(to);
    if (serving == nullptr) return on_reply(client, attempt, false);
    auto request = client.request;
    serving->process->post([this, &client, attempt, ledger = serving->ledger, unit = client.unit,
                            request = std::move(request)] {
      if (ledger->store().unit() != unit) return;
      ledger->increment(request, [this, &client, attempt](Result<void> result) {
        world_.queue.after(draw_ms(0, 3), [this, &client, attempt, is_ok = result.has_value()] {
          on_reply(client, attempt, is_ok);
        });
      });
    });
  });
}

void Workload::send_again(Client& client) {
  world_.queue.after(draw_ms(20, 300), [this, &client, attempt = client.attempt] {
    if (client.is_busy && client.attempt == attempt) send(client);
  });
}

void Workload::on_reply(Client& client, std::uint64_t attempt, bool is_ok) {
  if (!client.is_busy || client.attempt != attempt) return;
  if (!is_ok) return send_again(client);
  ++acknowledged_;
  think(client);
}

}  // namespace gossamer::sim
