#pragma once

#include <catch2/catch.hpp>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "driver/driver.hpp"
#include "toy_ports.hpp"

namespace gossamer::driver {

/// A driver alone in its cluster, on ports that a test holds in its hand. What outlives a process,
/// objects and local stores, is given, so that a second one may follow.
class ToyNode final : Clock, Network, NodeStore, ServiceHost, EventSink {
 public:
  ToyNode(ToyObjects& objects, ToyStores& stores, ToyLoop& loop, std::uint64_t boot = 1,
          Bytes own_admission = {})
      : loop_(loop) {
    Options options;
    options.name = "toy";
    options.cluster = "toys";
    options.endpoint = {"10.0.0.1", 7946};
    std::array<std::uint8_t, wire::Identity::kSeedBytes> seed{};
    seed.fill(5);
    options.identity = wire::Identity::from_seed(seed);
    options.boot = boot;
    options.own_admission = std::move(own_admission);
    options.store_id = "toy-store";
    options.data_key = kToyDataKey;
    Ports ports;
    ports.clock = this;
    ports.network = this;
    ports.node_store = this;
    ports.stores = &stores;
    ports.objects = &objects;
    ports.services = this;
    ports.events = this;
    driver_ = std::make_unique<Driver>(std::move(options), ports);
    driver_->start({});
    advance(Duration{0});
  }
  Driver& driver() { return *driver_; }

  /// Everything that is due until then, what was posted first.
  void advance(Duration by) {
    const Instant end = loop_.now + by;
    for (int turns = 0;; ++turns) {
      REQUIRE(turns < 1'000'000);
      loop_.run_posted();
      const auto next = driver_->next_deadline();
      if (!next || *next > end) break;
      loop_.now = std::max(loop_.now, *next);
      driver_->on_wakeup();
    }
    loop_.now = end;
  }
  void advance_s(int seconds) { advance(std::chrono::seconds{seconds}); }

  Result<std::uint64_t> deploy(ServiceSpec spec) {
    std::optional<Result<std::uint64_t>> answer;
    driver_->deploy(std::move(spec), [&](Result<std::uint64_t> got) { answer = std::move(got); });
    for (int i = 0; i < 600 && !answer; ++i) advance(std::chrono::milliseconds{100});
    REQUIRE(answer.has_value());
    return *answer;
  }
  Result<void> undeploy(const std::string& service) {
    std::optional<Result<void>> answer;
    driver_->undeploy(service, [&](Result<void> got) { answer = std::move(got); });
    for (int i = 0; i < 600 && !answer; ++i) advance(std::chrono::milliseconds{100});
    REQUIRE(answer.has_value());
    return *answer;
  }
  /// Deploys `ledger` and waits until it runs here.
  void run_ledger() {
    ServiceSpec spec;
    spec.name = "ledger";
    REQUIRE(deploy(spec).has_value());
    advance_s(10);
    REQUIRE(is_running());
  }
  bool is_running() const { return store != nullptr; }
  /// Commits and gives the place where the answer will be.
  std::shared_ptr<std::optional<Result<Sequence>>> commit(const std::string& key,
                                                          Durability durability) {
    auto answer = std::make_shared<std::optional<Result<Sequence>>>();
    WriteBatch batch;
    batch.put(key, key);
    store->commit(std::move(batch), durability,
                  [answer](Result<Sequence> got) { *answer = std::move(got); });
    return answer;
  }
  /// The events of this kind, in order.
  template <class T>
  std::vector<T> told() const {
    std::vector<T> found;
    for (const Event& event : events) {
      if (const T* const it = std::get_if<T>(&event)) found.push_back(*it);
    }
    return found;
  }

  std::vector<Event> events{};
  std::shared_ptr<Store> store{};  ///< Of the service that runs.
  int starts = 0;
  std::uint64_t wall_s_passed = 0;
  static constexpr std::uint64_t kWallS = 1'500'000'000;

 private:
  Instant now() override { return loop_.now; }
  std::uint64_t wall_ms() override { return kWallS * 1000 + wall_s_passed * 1000; }
  void send_datagram(const Endpoint&, ByteView) override {}
  void send_frame(const Endpoint&, Bytes) override {}
  void watch(const Endpoint&) override {}
  void unwatch(const Endpoint&) override {}
  void knock(const Endpoint&) override {}
  void persist(std::vector<Write>, NodeStore::Done done) override {
    loop_.post([done = std::move(done)]() mutable { done({}); });
  }
  void keep_secret(const std::string&, Bytes, NodeStore::Done done) override {
    persist({}, std::move(done));
  }
  void cache(std::vector<Write>) override {}
  void may_take(const UnitId&, Epoch, const ServiceSpec&,
                UniqueFunction<void(bool)> reply) override {
    reply(true);
  }
  void start(const UnitId&, Epoch, const ServiceSpec&, std::shared_ptr<Store> given,
             UniqueFunction<void(Result<Endpoint>)> reply) override {
    store = std::move(given);
    ++starts;
    reply(Endpoint{"10.0.0.1", 80});
  }
  void stop(const UnitId&, Epoch, const Error&, UniqueFunction<void()> reply) override {
    store = nullptr;
    reply();
  }
  void on_event(const Event& event) override { events.push_back(event); }
  void on_name_changed(const std::string&) override {}

  ToyLoop& loop_;
  std::unique_ptr<Driver> driver_;
};

}  // namespace gossamer::driver
