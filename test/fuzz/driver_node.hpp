#pragma once

#include <algorithm>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "driver/driver.hpp"
#include "target.hpp"
#include "unit/driver/toy_ports.hpp"
#include "wire/packet.hpp"
#include "wire/statement.hpp"

namespace gossamer::fuzz {

inline wire::Identity identity(std::uint8_t number) {
  std::array<std::uint8_t, wire::Identity::kSeedBytes> seed{};
  seed.fill(number);
  return wire::Identity::from_seed(seed);
}

inline constexpr wire::ClusterKey kGivenKey{{1, 2, 3}};
inline constexpr wire::DataKey kDataKey{{4, 5, 6}};

/// As `cluster.keys` begins.
inline Bytes given_key_id() {
  const std::uint32_t id = kGivenKey.id();
  Bytes bytes;
  for (int i = 0; i < 4; ++i) bytes.push_back(static_cast<std::uint8_t>(id >> (8 * i)));
  return bytes;
}

/// A driver on toy ports that count what it asks for. Node 1, alone until somebody speaks to it.
class DriverNode final : Clock, Network, NodeStore, ServiceHost, EventSink {
 public:
  static constexpr std::size_t kMembersMax = 8;
  static constexpr std::size_t kAnnouncedMax = 6;
  static constexpr std::uint64_t kWallMs = 1'500'000'000'000;
  /// What one input may cause. A sync of all that is held is the most.
  static constexpr std::size_t kSendsMax = 2'000;
  static constexpr std::size_t kTasksMax = 2'000;
  static constexpr std::size_t kWakeupsMax = 50'000;

  /// `kept_keys`: what it finds as `cluster.keys`.
  explicit DriverNode(Bytes kept_keys = {}, driver::AdmissionPolicy admission = {}) {
    driver::Options options;
    options.name = "fuzzed";
    options.cluster = "fuzz";
    options.endpoint = {"10.0.0.1", 7946};
    options.identity = identity(1);
    options.key = kGivenKey;
    options.data_key = kDataKey;
    options.kept_keys = std::move(kept_keys);
    options.admission = std::move(admission);
    options.boot = 1;
    options.store_id = "toy-store";
    options.membership.members_max = kMembersMax;
    options.membership.tombstone_time = std::chrono::seconds{60};
    options.announced_specs_max = kAnnouncedMax;
    options.announced_claims_max = kAnnouncedMax;
    options.carried_max = kAnnouncedMax;
    driver::Ports ports;
    ports.clock = this;
    ports.network = this;
    ports.node_store = this;
    ports.stores = &stores;
    ports.objects = &objects;
    ports.services = this;
    ports.events = this;
    driver_ = std::make_unique<driver::Driver>(std::move(options), ports);
    driver_->start({});
    settle();
  }
  driver::Driver& driver() { return *driver_; }

  /// Everything that is due until then, what was posted first.
  void advance(Duration by) {
    const Instant end = loop.now + by;
    for (std::size_t wakeups = 0;; ++wakeups) {
      GOSSAMER_ASSERT(wakeups < kWakeupsMax);
      settle();
      const auto next = driver_->next_deadline();
      if (!next || *next > end) break;
      loop.now = std::max(loop.now, *next);
      driver_->on_wakeup();
    }
    loop.now = end;
  }
  /// Lets the ports answer, and looks whether what came of it is within bounds.
  void settle() {
    GOSSAMER_ASSERT(loop.posted.size() <= kTasksMax);
    for (std::size_t tasks = 0; !loop.posted.empty(); ++tasks) {
      GOSSAMER_ASSERT(tasks < kTasksMax);
      UniqueFunction<void()> task = std::move(loop.posted.front());
      loop.posted.pop_front();
      task();
    }
    GOSSAMER_ASSERT(std::exchange(sends_, 0) <= kSendsMax);
    GOSSAMER_ASSERT(driver_->members().size() <= kMembersMax);
  }
  std::uint64_t wall_ms() override {
    return kWallMs + static_cast<std::uint64_t>(loop.now.since_origin.count() / 1'000'000);
  }

  driver::ToyLoop loop{};
  driver::ToyObjects objects{loop};
  driver::ToyStores stores{loop};
  std::shared_ptr<Store> store{};  ///< Of the service that was started last.

 private:
  Instant now() override { return loop.now; }
  void send_datagram(const Endpoint& to, ByteView bytes) override {
    GOSSAMER_ASSERT(!to.address.empty() && bytes.size() <= 65'507);
    ++sends_;
  }
  void send_frame(const Endpoint& to, Bytes bytes) override {
    GOSSAMER_ASSERT(!to.address.empty());
    GOSSAMER_ASSERT(bytes.size() <= wire::kPacketBytesMax + wire::kFrameOverheadBytes);
    ++sends_;
  }
  void watch(const Endpoint&) override {}
  void unwatch(const Endpoint&) override {}
  void knock(const Endpoint&) override {}
  void persist(std::vector<Write>, NodeStore::Done done) override {
    loop.post([done = std::move(done)]() mutable { done({}); });
  }
  void cache(std::vector<Write>) override {}
  void keep_secret(const std::string&, Bytes bytes, NodeStore::Done done) override {
    GOSSAMER_ASSERT(bytes.size() <= 4 + wire::kStatementBytesMax);
    loop.post([done = std::move(done)]() mutable { done({}); });
  }
  void may_take(const UnitId&, Epoch, const ServiceSpec&,
                UniqueFunction<void(bool)> reply) override {
    reply(true);
  }
  void start(const UnitId&, Epoch, const ServiceSpec&, std::shared_ptr<Store> given,
             UniqueFunction<void(Result<Endpoint>)> reply) override {
    store = std::move(given);
    reply(Endpoint{"10.0.0.1", 80});
  }
  void stop(const UnitId&, Epoch, const Error&, UniqueFunction<void()> reply) override {
    store = nullptr;
    reply();
  }
  void on_event(const Event&) override {}
  void on_name_changed(const std::string&) override {}

  std::size_t sends_ = 0;
  std::unique_ptr<driver::Driver> driver_;
};

/// Of the ring that the driver goes by.
inline void check_keys(DriverNode& node) {
  const keys::KeyRing& ring = node.driver().key_ring();
  GOSSAMER_ASSERT(keys::KeyRing::is_acceptable(ring.keys()));
  const std::vector<KeyStatus> told = node.driver().keys();
  GOSSAMER_ASSERT(told.size() == ring.keys().size() && told.front().is_primary);
}

}  // namespace gossamer::fuzz
