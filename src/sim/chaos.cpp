#include "sim/chaos.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace gossamer::sim {
namespace {

constexpr std::uint32_t kPageMaxWhenHealed = 20;

using std::chrono::milliseconds;
using std::chrono::seconds;

}  // namespace

Chaos::Chaos(World& world, std::vector<std::unique_ptr<SimHost>>& hosts, std::uint64_t seed)
    : world_(world),
      hosts_(hosts),
      random_(seed),
      links_random_(seed ^ 0x117cU),
      forger_(world.objects, seed ^ 0xf0f9eU),
      liar_(world, hosts, seed ^ 0x11a5U) {
  const FaultPlan& plan = world.scenario.faults;
  const auto add = [this](bool is_on, Fault fault) {
    if (is_on) faults_.push_back(fault);
  };
  add(plan.crash, Fault::crash);
  add(plan.stop, Fault::stop);
  add(plan.partition || plan.one_way, Fault::partition);
  add(plan.isolate, Fault::isolate);
  add(plan.burst, Fault::burst);
  add(plan.lossy_node, Fault::lossy_node);
  add(plan.outage, Fault::outage);
  add(plan.redeploy, Fault::redeploy);
  add(plan.leave, Fault::leave);
  add(plan.freeze, Fault::freeze);
  add(plan.rot && plan.restart, Fault::rot);
  add(plan.fail_write, Fault::fail_write);
  add(plan.witness, Fault::witness);
  add(plan.forge, Fault::forge);
  add(plan.upgrade, Fault::upgrade);
  add(plan.lie, Fault::lie);
}

void Chaos::begin(Instant until) {
  until_ = until;
  is_healed_ = false;
  if (!faults_.empty()) next();
  if (world_.scenario.faults.links) next_of_links();
}

void Chaos::next() {
  const FaultPlan& plan = world_.scenario.faults;
  world_.queue.after(draw(plan.every_min, plan.every_max), [this] {
    if (is_healed_ || world_.queue.now() >= until_) return;
    strike(faults_[random_.below(faults_.size())]);
    next();
  });
}

void Chaos::strike(Fault fault) {
  switch (fault) {
    case Fault::crash: return crash();
    case Fault::stop: return stop();
    case Fault::partition: return partition();
    case Fault::isolate: return isolate();
    case Fault::burst: return burst();
    case Fault::lossy_node: return lossy_node();
    case Fault::outage: return outage();
    case Fault::redeploy: return redeploy();
    case Fault::leave: return leave();
    case Fault::freeze: return freeze();
    case Fault::rot: return rot();
    case Fault::witness: return witness();
    case Fault::forge: return forge();
    case Fault::upgrade: return upgrade();
    case Fault::lie: return lie();
    case Fault::fail_write:
      if (SimHost* host = pick_owner()) host->fail_next_write();
      return;
  }
}

Duration Chaos::draw(Duration low, Duration high) {
  return Duration{random_.between(low.count(), std::max(low, high).count())};
}

void Chaos::undo_after(Duration delay, EventQueue::Task task) {
  world_.queue.after(delay, [this, task = std::move(task)]() mutable {
    if (!is_healed_) task();
  });
}

std::size_t Chaos::running_count() const {
  return static_cast<std::size_t>(std::count_if(
      hosts_.begin(), hosts_.end(), [](const auto& host) { return host->is_running(); }));
}

SimHost* Chaos::pick_owner() {
  // Whoever believes to own a unit; with luck there are two of them.
  std::vector<SimHost*> owners;
  for (const auto& host : hosts_) {
    if (!host->is_running() || host->is_stopped()) continue;
    for (const auto& status : host->driver()->units()) {
      if (status.owner == host->id()) owners.push_back(host.get());
    }
  }
  return owners.empty() ? nullptr : owners[random_.below(owners.size())];
}

SimHost* Chaos::pick_running() {
  if (random_.chance(world_.scenario.faults.owner_bias, 1000)) {
    if (SimHost* owner = pick_owner()) return owner;
  }
  std::vector<SimHost*> running;
  for (const auto& host : hosts_) {
    if (host->is_running() && !host->is_stopped()) running.push_back(host.get());
  }
  return running.empty() ? nullptr : running[random_.below(running.size())];
}

void Chaos::block(HostIndex a, HostIndex b) {
  world_.network.block(a, b);
  if (!world_.scenario.faults.one_way || random_.chance(1, 2)) world_.network.block(b, a);
}

void Chaos::partition() {
  std::vector<HostIndex> all;
  for (const auto& host : hosts_) all.push_back(host->index());
  if (all.size() < 2) return;
  random_.shuffle(all);
  const std::size_t cut = 1 + random_.below(all.size() - 1);
  const bool is_one_way = world_.scenario.faults.one_way && random_.chance(1, 2);
  world_.witness.on_fault(fmt::format("partition of {} from {}{}", cut, all.size() - cut,
                                      is_one_way ? ", one way" : ""));
  std::vector<std::pair<HostIndex, HostIndex>> blocked;
  for (std::size_t a = 0; a < cut; ++a) {
    for (std::size_t b = cut; b < all.size(); ++b) {
      blocked.push_back({all[a], all[b]});
      if (!is_one_way) blocked.push_back({all[b], all[a]});
    }
  }
  for (const auto& [from, to] : blocked) world_.network.block(from, to);
  undo_after(draw(seconds{1}, seconds{30}), [this, blocked = std::move(blocked)] {
    world_.witness.on_fault("a partition heals");
    for (const auto& [from, to] : blocked) world_.network.unblock(from, to);
  });
}

void Chaos::isolate() {
  SimHost* host = pick_running();
  if (host == nullptr) return;
  world_.witness.on_fault(fmt::format("n{} is isolated", host->index()));
  for (const auto& other : hosts_) {
    if (other->index() != host->index()) block(host->index(), other->index());
  }
  // Some are cut off from the object store as well.
  const bool is_cut_off = random_.chance(1, 3);
  if (is_cut_off) world_.objects.set_unreachable(host->index(), true);
  undo_after(draw(seconds{1}, seconds{30}), [this, host, is_cut_off] {
    world_.witness.on_fault(fmt::format("n{} is connected again", host->index()));
    for (const auto& other : hosts_) {
      world_.network.unblock(host->index(), other->index());
      world_.network.unblock(other->index(), host->index());
    }
    if (is_cut_off) world_.objects.set_unreachable(host->index(), false);
  });
}

void Chaos::burst() {
  world_.witness.on_fault("a burst of loss");
  NetworkConditions worse = world_.scenario.network;
  worse.lost = static_cast<std::uint32_t>(random_.between(100, 700));
  worse.late = static_cast<std::uint32_t>(random_.between(0, 300));
  world_.network.set_conditions(worse);
  undo_after(draw(milliseconds{200}, seconds{6}),
             [this] { world_.network.set_conditions(world_.scenario.network); });
}

void Chaos::lossy_node() {
  SimHost* host = pick_running();
  if (host == nullptr) return;
  world_.witness.on_fault(fmt::format("n{} loses packets", host->index()));
  world_.network.set_extra_loss(host->index(),
                                static_cast<std::uint32_t>(random_.between(100, 600)));
  undo_after(draw(seconds{1}, seconds{10}),
             [this, host] { world_.network.set_extra_loss(host->index(), 0); });
}

void Chaos::outage() {
  if (random_.chance(1, 3)) {
    world_.witness.on_fault("the object store is away");
    world_.objects.set_all_unreachable(true);
    undo_after(draw(milliseconds{500}, seconds{10}),
               [this] { world_.objects.set_all_unreachable(false); });
    return;
  }
  SimHost* host = pick_running();
  if (host == nullptr) return;
  world_.witness.on_fault(fmt::format("the object store is away for n{}", host->index()));
  world_.objects.set_unreachable(host->index(), true);
  undo_after(draw(milliseconds{500}, seconds{20}),
             [this, host] { world_.objects.set_unreachable(host->index(), false); });
}

void Chaos::redeploy() {
  SimHost* host = pick_running();
  if (host == nullptr || host->is_leaving()) return;
  const bool is_undeploy = random_.chance(1, 2);
  world_.witness.on_fault(
      fmt::format("n{} {}", host->index(), is_undeploy ? "undeploys" : "deploys"));
  host->process()->post([this, host, is_undeploy] {
    if (is_undeploy)
      return host->driver()->undeploy(world_.scenario.spec.name, [](Result<void>) {});
    host->driver()->deploy(world_.scenario.spec, [](Result<std::uint64_t>) {});
  });
}

void Chaos::freeze() {
  SimHost* host = pick_owner();
  if (host == nullptr) return;
  const UnitId unit{world_.scenario.spec.name,
                    static_cast<std::uint32_t>(random_.below(world_.scenario.spec.instances))};
  host->process()->post([host, unit] { host->driver()->freeze(unit, [](Result<Sequence>) {}); });
}

// Right or wrong, and told to some: the word alone must kill nobody, nor lose anything.
void Chaos::witness() {
  std::vector<SimHost*> dead;
  for (const auto& host : hosts_) {
    if (!host->is_running()) dead.push_back(host.get());
  }
  const bool is_true = !dead.empty() && random_.chance(3, 4);
  const SimHost* subject =
      is_true ? dead[random_.below(dead.size())] : hosts_[random_.below(hosts_.size())].get();
  world_.witness.on_fault(fmt::format("n{} is said to be gone", subject->index()));
  const Endpoint gone = subject->endpoint();
  for (const auto& host : hosts_) {
    if (!host->is_running() || host->is_leaving() || !random_.chance(2, 3)) continue;
    host->process()->post([driver = host->driver(), gone] { driver->on_gone({gone}); });
  }
}

void Chaos::forge() {
  const auto key = forger_.forge();
  if (!key) return;
  world_.witness.on_fault(fmt::format("{} is forged", *key));
  forged_.insert(*key);
  undo_after(draw(milliseconds{200}, seconds{12}), [this, key = *key] {
    if (forged_.erase(key) == 1) world_.objects.take_away(key);
  });
}

void Chaos::lie() {
  world_.witness.on_fault(liar_.lie());
}

void Chaos::heal() {
  is_healed_ = true;
  world_.witness.on_fault("everything heals");
  for (const std::string& key : std::exchange(forged_, {})) world_.objects.take_away(key);
  world_.network.unblock_all();
  world_.network.links().admit_all();
  NetworkConditions calm;
  calm.late = 0;
  world_.network.set_conditions(calm);
  ObjectConditions working;
  // At a key or two a page the list of a long journal takes longer than start_timeout, and then
  // owners replace each other for ever.
  working.page_max = std::max(world_.scenario.objects.page_max, kPageMaxWhenHealed);
  world_.objects.set_conditions(working);
  world_.objects.set_all_unreachable(false);
  world_.services = ServiceConditions{};
  for (const auto& host : hosts_) {
    world_.objects.set_unreachable(host->index(), false);
    world_.network.set_extra_loss(host->index(), 0);
    host->resume();
    if (host->is_running() || !world_.scenario.faults.restart) continue;
    if (random_.chance(1, 2)) boot(*host);
  }
  keep_one_running();
}

// Those that have been asked to leave will, and nobody boots them any more.
void Chaos::keep_one_running() {
  const bool stays = std::any_of(hosts_.begin(), hosts_.end(), [](const auto& host) {
    return host->is_running() && !host->is_leaving();
  });
  if (stays) return;
  const auto ended = std::find_if(hosts_.begin(), hosts_.end(),
                                  [](const auto& host) { return !host->is_running(); });
  if (ended != hosts_.end()) return boot(**ended);
  world_.queue.after(seconds{1}, [this] { keep_one_running(); });
}

}  // namespace gossamer::sim
