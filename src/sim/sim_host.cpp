#include "sim/sim_host.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>

#include "base/assert.hpp"
#include "sim/drifting_clock.hpp"

namespace gossamer::sim {
namespace {

constexpr std::uint16_t kPort = 7946;
/// What a kernel keeps for a socket whose process does not read.
constexpr std::size_t kSocketBytesMax = 208 * 1024;
constexpr Duration kDiscoveryInterval = std::chrono::seconds{10};
constexpr Duration kTimerLateMax = std::chrono::microseconds{200};

class Events final : public EventSink {
 public:
  Events(HostIndex host, Witness& witness) : host_(host), witness_(witness) {}
  void on_event(const Event& event) override { witness_.on_event(host_, event); }
  void on_name_changed(const std::string&) override {}
  void on_trace(const char* mark) override { witness_.on_trace(host_, mark); }

 private:
  HostIndex host_;
  Witness& witness_;
};

}  // namespace

wire::ClusterKey simulated_key() {
  wire::ClusterKey key;
  key.bytes.fill(7);
  return key;
}

/// What a node keeps on its root disk: its key, and its small store.
struct SimHost::Directory {
  Directory(EventQueue& queue, std::uint64_t seed) : disk(queue, seed) {}
  SimDisk disk;
  std::array<std::uint8_t, wire::Identity::kSeedBytes> key_seed{};
  NodeId id{};
  struct Saved {
    SimDisk::Copy disk;
    std::map<UnitId, UnitPlace> units;
  };
  std::optional<Saved> saved{};
  bool is_restored = false;
};

/// One process, from boot to crash. The driver goes first, then its ports.
struct SimHost::Life {
  std::shared_ptr<Process> process;
  DriftingClock clock;
  Events events;
  std::unique_ptr<Network> network;
  std::unique_ptr<NodeStore> node_store;
  std::unique_ptr<SimUnitStores> stores;
  std::unique_ptr<ObjectStore> objects;
  std::unique_ptr<SimServices> services;
  std::unique_ptr<driver::Driver> driver{};
  std::uint64_t timer_token = 0;
  std::optional<Instant> timer{};
  std::size_t socket_bytes = 0;
  bool is_leaving = false;
};

SimHost::SimHost(HostIndex index, World& world, std::uint64_t seed)
    : index_(index), world_(world), random_(seed) {
  change_address();
  lose_disks();
}

SimHost::~SimHost() = default;

SimHost::Directory& SimHost::add_directory() {
  directories_.push_back(std::make_unique<Directory>(world_.queue, random_.next()));
  Directory& directory = *directories_.back();
  directory.disk.set_conditions(world_.scenario.disk);
  for (std::uint8_t& byte : directory.key_seed)
    byte = static_cast<std::uint8_t>(random_.below(256));
  directory.id = wire::Identity::from_seed(directory.key_seed).id();
  return directory;
}

void SimHost::lose_disks() {
  GOSSAMER_ASSERT(!is_running());
  directory_ = &add_directory();
  other_directory_ = nullptr;
  volume_ = std::make_shared<Volume>(Volume{index_ * 1000ULL + ++volumes_, {}});
  other_volume_ = nullptr;
}

void SimHost::swap_volume() {
  GOSSAMER_ASSERT(!is_running());
  if (!other_volume_) {
    other_volume_ = std::make_shared<Volume>(Volume{index_ * 1000ULL + ++volumes_, {}});
  }
  std::swap(volume_, other_volume_);
}

void SimHost::swap_directory() {
  GOSSAMER_ASSERT(!is_running());
  if (other_directory_ == nullptr) other_directory_ = &add_directory();
  std::swap(directory_, other_directory_);
  swap_volume();
}

void SimHost::save_disks() {
  GOSSAMER_ASSERT(!is_running());
  directory_->saved = {directory_->disk.copy(), copy_of(volume_->units)};
}

bool SimHost::restore_disks() {
  GOSSAMER_ASSERT(!is_running());
  if (!directory_->saved) return false;
  directory_->disk.restore(directory_->saved->disk);
  directory_->is_restored = true;
  // Another volume to those who count on what it held: its newest writes are lost.
  volume_ = std::make_shared<Volume>(
      Volume{index_ * 1000ULL + ++volumes_, copy_of(directory_->saved->units)});
  return true;
}

void SimHost::change_address() {
  const std::uint32_t net = addresses_++ % 200;
  endpoint_ = {fmt::format("10.{}.{}.{}", net, index_ / 250, index_ % 250 + 1), kPort};
}

driver::Options SimHost::options() {
  driver::Options options;
  options.membership = world_.scenario.membership;
  options.name = fmt::format("n{}", index_);
  options.cluster = kSimulatedCluster;
  options.endpoint = endpoint_;
  options.identity = identity();
  options.key = simulated_key();
  options.boot = boot_;
  options.seed = random_.next();
  options.wire = wire_;
  options.store_id = "simulated-store";
  options.data_key = data_key_of(world_.scenario);
  return options;
}

void SimHost::boot() {
  GOSSAMER_ASSERT(!is_running());
  ++boots_;
  const Bytes* last_boot = directory_->disk.durable("boot");
  boot_ = last_boot == nullptr ? 1 : std::strtoull(to_text(*last_boot).c_str(), nullptr, 10) + 1;
  auto process = std::make_shared<Process>(world_.queue, [this] { after_turn(); });
  const Duration origin = std::chrono::seconds{random_.between(1, 1'000'000)};
  life_.reset(new Life{
      process,
      DriftingClock{world_.queue, origin, random_.between(-100, 100),
                    std::chrono::seconds{random_.between(-50, 50)}},
      Events{index_, world_.witness}, world_.network.view(index_), directory_->disk.view(process),
      std::make_unique<SimUnitStores>(index_, volume_, process, world_.scenario.disk,
                                      random_.next(), world_.witness),
      world_.objects.view(index_, process),
      std::make_unique<SimServices>(index_, endpoint_, volume_->id, process, world_.fabric,
                                    world_.services, random_.next(), world_.witness)});
  driver::Ports ports;
  ports.clock = &life_->clock;
  ports.network = life_->network.get();
  ports.node_store = life_->node_store.get();
  ports.stores = life_->stores.get();
  ports.objects = life_->objects.get();
  ports.services = life_->services.get();
  ports.events = &life_->events;
  life_->driver = std::make_unique<driver::Driver>(options(), ports);
  world_.network.attach(index_, endpoint_, this);
  world_.witness.on_boot(index_);
  world_.witness.on_fault(
      fmt::format("n{} boots ({}) as {}", index_, boot_, to_short_string(id())));
  process->post([this] {
    life_->driver->start(directory_->disk.cached());
    publish_web();
    discover();
  });
}

void SimHost::end(bool has_power) {
  if (!is_running()) return;
  const char* const what = life_->is_leaving ? "ends" : has_power ? "crashes" : "loses power";
  world_.witness.on_fault(fmt::format("n{} {}", index_, what));
  if (!life_->is_leaving) world_.witness.on_crash(index_);
  life_->process->end();
  world_.network.detach(index_, has_power);
  world_.fabric.remove_all(index_);
  life_->driver.reset();
  life_->stores->crash();
  directory_->disk.crash();
  life_.reset();
}

void SimHost::fail_next_write() {
  if (!is_running()) return;
  world_.witness.on_fault(fmt::format("n{} is to fail a write", index_));
  life_->stores->fail_next_write();
}

void SimHost::stop() {
  if (!is_running() || is_stopped()) return;
  world_.witness.on_fault(fmt::format("n{} stops", index_));
  life_->process->stop();
}

void SimHost::resume() {
  if (!is_stopped()) return;
  world_.witness.on_fault(fmt::format("n{} resumes", index_));
  life_->process->resume(random_.chance(1, 2));
}

void SimHost::set_wall_error(Duration wall_error) {
  GOSSAMER_ASSERT(is_running());
  world_.witness.on_fault(fmt::format("n{} has its clock set", index_));
  life_->clock.set_wall_error(wall_error);
}

void SimHost::leave() {
  if (!is_running() || is_stopped() || life_->is_leaving) return;
  world_.witness.on_fault(fmt::format("n{} leaves", index_));
  life_->is_leaving = true;
  const std::uint64_t life = boots_;
  life_->process->post([this, life] {
    life_->driver->leave(std::chrono::seconds{5}, [this, life](Result<void>) {
      world_.queue.after(std::chrono::milliseconds{1}, [this, life] {
        if (boots_ == life) crash();
      });
    });
  });
}

void SimHost::publish_web() {
  NameRecord record;
  record.name = "web";
  record.ordinal = index_;
  record.endpoint = {endpoint_.address, 80};
  record.attributes["boot"] = std::to_string(boots_);
  (void)life_->driver->publish(std::move(record));
}

void SimHost::discover() {
  if (life_->is_leaving) return;
  life_->driver->on_seeds(world_.seeds(index_));
  life_->process->after(kDiscoveryInterval + Duration{random_.between(0, 1'000'000'000)},
                        [this] { discover(); });
}

void SimHost::on_network_datagram(const Endpoint& from, Bytes bytes) {
  // A stopped process does not read: its socket fills up, and then drops.
  if (is_stopped() && life_->socket_bytes + bytes.size() > kSocketBytesMax) return;
  receive(from, std::move(bytes), false);
}

void SimHost::on_network_frame(const Endpoint& from, Bytes bytes) {
  receive(from, std::move(bytes), true);
}

void SimHost::on_network_link(const Endpoint& peer, LinkEvent event) {
  life_->process->post([this, peer, event] { life_->driver->on_link(peer, event); });
}

void SimHost::receive(const Endpoint& from, Bytes bytes, bool is_frame) {
  if (!is_frame) life_->socket_bytes += bytes.size();
  life_->process->post([this, from, bytes = std::move(bytes), is_frame] {
    if (is_frame) return life_->driver->on_frame(from, bytes);
    life_->socket_bytes -= bytes.size();
    life_->driver->on_datagram(from, bytes);
  });
}

void SimHost::after_turn() {
  arm_timer();
  world_.witness.on_turn(index_);
}

void SimHost::arm_timer() {
  const std::optional<Instant> deadline = life_->driver->next_deadline();
  if (!deadline) return;
  const Instant due = std::max(life_->clock.when(*deadline), world_.queue.now());
  if (life_->timer && *life_->timer <= due) return;
  life_->timer = due;
  const std::uint64_t token = ++life_->timer_token;
  life_->process->timer_at(due + Duration{random_.between(0, kTimerLateMax.count())},
                           [this, token] { on_timer(token); });
}

void SimHost::on_timer(std::uint64_t token) {
  if (token != life_->timer_token) return;  // An earlier deadline was armed instead.
  life_->timer.reset();
  const std::optional<Instant> deadline = life_->driver->next_deadline();
  // Early wakeups are harmless, so now and then there is one.
  const bool is_early = deadline && *deadline > life_->clock.now();
  if (deadline && (!is_early || random_.chance(1, 16))) life_->driver->on_wakeup();
}

bool SimHost::is_stopped() const {
  return is_running() && life_->process->is_stopped();
}
bool SimHost::is_leaving() const {
  return is_running() && life_->is_leaving;
}
driver::Driver* SimHost::driver() const {
  return is_running() ? life_->driver.get() : nullptr;
}
const std::shared_ptr<Process>& SimHost::process() const {
  return life_->process;
}
NodeId SimHost::id() const {
  return directory_->id;
}
wire::Identity SimHost::identity() const {
  return wire::Identity::from_seed(directory_->key_seed);
}
bool SimHost::is_restored() const {
  return directory_->is_restored;
}
const SimDisk& SimHost::disk() const {
  return directory_->disk;
}
const Volume& SimHost::volume() const {
  return *volume_;
}

}  // namespace gossamer::sim
