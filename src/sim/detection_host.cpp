#include "sim/detection_host.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/assert.hpp"
#include "sim/drifting_clock.hpp"
#include "sim/sim_host.hpp"

namespace gossamer::sim {
namespace {

constexpr std::uint16_t kPort = 7946;
constexpr Duration kTimerLateMax = std::chrono::microseconds{200};
/// Of a machine whose clock is set now and then.
constexpr Duration kWallErrorMax = std::chrono::milliseconds{500};
constexpr Duration kSyncTime = std::chrono::milliseconds{1};

/// Keeps nothing: the boot counter is the host's, and nobody asks for the rest.
class ForgetfulStore final : public NodeStore {
 public:
  explicit ForgetfulStore(EventQueue& queue) : queue_(queue) {}
  void persist(std::vector<Write>, Done done) override { answer(std::move(done)); }
  void keep_secret(const std::string&, Bytes, Done done) override { answer(std::move(done)); }
  void cache(std::vector<Write>) override {}

 private:
  // The driver finds out by itself if it is gone by then.
  void answer(Done done) {
    queue_.after(kSyncTime, [done = std::move(done)]() mutable { done({}); });
  }
  EventQueue& queue_;
};

wire::Identity draw_identity(Random& random) {
  std::array<std::uint8_t, wire::Identity::kSeedBytes> seed{};
  for (std::uint8_t& byte : seed) byte = static_cast<std::uint8_t>(random.below(256));
  return wire::Identity::from_seed(seed);
}

}  // namespace

/// One process, from boot to end.
struct DetectionHost::Life final : PacedLoop::Tasks, Network, EventSink {
  Life(DetectionHost& host_given, Catch caught_given)
      : host(host_given),
        caught(std::move(caught_given)),
        clock(world().queue, std::chrono::seconds{host.random_.between(1, 1'000'000)},
              host.random_.between(-100, 100),
              kWallErrorMax * host.random_.between(-100, 100) / 100),
        store(world().queue),
        network(world().network.view(host.index_)),
        driver(options(), ports()),
        loop(world().queue, *this, world().plan.drain,
             world().plan.mechanisms.has(membership::Mechanism::stalls)
                 ? PacedLoop::Order::input_first
                 : PacedLoop::Order::timers_first) {}

  World& world() { return host.world_; }
  driver::Options options() {
    driver::Options options;
    options.membership = world().plan.membership;
    options.mechanisms = world().plan.mechanisms;
    options.name = fmt::format("n{}", host.index_);
    options.cluster = kSimulatedCluster;
    options.endpoint = host.endpoint_;
    options.identity = host.identity_;
    options.key = simulated_key();
    options.boot = host.boots_;
    options.seed = host.random_.next();
    if (world().values != nullptr) options.sharing = world().values->sharing();
    return options;
  }
  driver::Ports ports() {
    driver::Ports ports;
    ports.clock = &clock;
    ports.network = this;
    ports.node_store = &store;
    ports.events = this;
    return ports;
  }

  void on_packet(const PacedLoop::Packet& packet) override {
    if (packet.link) {
      driver.on_link(packet.from, *packet.link);
    } else if (packet.by_stream) {
      driver.on_frame(packet.from, packet.bytes);
    } else {
      driver.on_datagram(packet.from, packet.bytes);
    }
    after_task();
  }
  void on_timer() override {
    const std::optional<Instant> deadline = driver.next_deadline();
    if (deadline && *deadline <= clock.now()) driver.on_wakeup();
    after_task();
  }
  void after_task() {
    world().observer.look(host.index_, driver.members());
    const std::optional<Instant> deadline = driver.next_deadline();
    if (!deadline) return;
    const Instant due = std::max(clock.when(*deadline), world().queue.now());
    loop.arm(due + Duration{host.random_.between(0, kTimerLateMax.count())});
  }

  void send_datagram(const Endpoint& to, ByteView bytes) override {
    if (caught) return caught(bytes);
    network->send_datagram(to, bytes);
  }
  void send_frame(const Endpoint& to, Bytes bytes) override {
    if (caught) return caught(bytes);
    network->send_frame(to, std::move(bytes));
  }
  void watch(const Endpoint& peer) override { network->watch(peer); }
  void unwatch(const Endpoint& peer) override { network->unwatch(peer); }
  void knock(const Endpoint& peer) override { network->knock(peer); }
  void on_event(const Event& event) override { world().observer.on_event(host.index_, event); }
  void on_name_changed(const std::string&) override {}

  DetectionHost& host;
  Catch caught;
  DriftingClock clock;
  ForgetfulStore store;
  std::unique_ptr<Network> network;
  driver::Driver driver;
  PacedLoop loop;
  bool is_leaving = false;
};

DetectionHost::DetectionHost(HostIndex index, World& world, std::uint64_t seed)
    : index_(index),
      world_(world),
      random_(seed),
      endpoint_{fmt::format("10.{}.{}.{}", index / 62'500, index / 250 % 250, index % 250 + 1),
                kPort},
      identity_(draw_identity(random_)) {}

DetectionHost::~DetectionHost() = default;

void DetectionHost::boot(const std::vector<Endpoint>& seeds) {
  boot_caught(seeds, {});
}

void DetectionHost::boot_caught(const std::vector<Endpoint>& seeds, Catch caught) {
  GOSSAMER_ASSERT(!is_running());
  ++boots_;
  life_ = std::make_unique<Life>(*this, std::move(caught));
  world_.network.attach(index_, endpoint_, this);
  world_.observer.on_running(index_, identity_.id());
  life_->driver.start({});
  life_->driver.on_seeds(seeds);
  life_->after_task();
}

void DetectionHost::be_heard() {
  life_->caught = nullptr;
}

void DetectionHost::crash() {
  end(true);
}

void DetectionHost::end(bool is_crash) {
  if (!is_running()) return;
  // Whose machine lived on would refuse connects.
  world_.network.detach(index_, !is_crash || world_.plan.is_process_death);
  world_.observer.on_ended(index_, is_crash);
  life_.reset();
}

void DetectionHost::leave() {
  if (!is_running() || life_->is_leaving) return;
  life_->is_leaving = true;
  life_->driver.leave(std::chrono::seconds{5}, [this, life = boots_](Result<void>) {
    world_.queue.after(std::chrono::milliseconds{1}, [this, life] {
      if (boots_ == life) end(false);
    });
  });
  life_->after_task();
}

void DetectionHost::stop() {
  if (is_running()) life_->loop.stop();
}

void DetectionHost::resume() {
  if (is_running()) life_->loop.resume();
}

void DetectionHost::lose_identity() {
  GOSSAMER_ASSERT(!is_running());
  identity_ = draw_identity(random_);
  boots_ = 0;
}

bool DetectionHost::is_leaving() const {
  return is_running() && life_->is_leaving;
}
bool DetectionHost::is_stopped() const {
  return is_running() && life_->loop.is_stopped();
}
driver::Driver& DetectionHost::driver() {
  return life_->driver;
}

void DetectionHost::on_network_datagram(const Endpoint& from, Bytes bytes) {
  life_->loop.receive({from, std::move(bytes), false});
}

void DetectionHost::on_network_frame(const Endpoint& from, Bytes bytes) {
  life_->loop.receive({from, std::move(bytes), true});
}

void DetectionHost::on_network_link(const Endpoint& peer, LinkEvent event) {
  life_->loop.receive({peer, {}, true, event});
}

}  // namespace gossamer::sim
