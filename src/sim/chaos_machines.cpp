// What happens to machines: they crash, stop, leave, come back as others, and change their
// programs.

#include <fmt/format.h>

#include "sim/chaos.hpp"

namespace gossamer::sim {

using std::chrono::milliseconds;
using std::chrono::seconds;

void Chaos::crash() {
  const FaultPlan& plan = world_.scenario.faults;
  if (!plan.restart && (crashes_ >= plan.crashes_max || running_count() <= 1)) return;
  SimHost* host = pick_running();
  if (host == nullptr) return;
  ++crashes_;
  end_machine(*host);
  if (plan.restart) boot_later(*host);
}

void Chaos::boot_later(SimHost& host) {
  const FaultPlan& plan = world_.scenario.faults;
  undo_after(draw(plan.down_min, plan.down_max), [this, &host] {
    if (host.is_running()) return;
    change_machine(host);
    boot(host);
  });
}

void Chaos::change_machine(SimHost& host) {
  const FaultPlan& plan = world_.scenario.faults;
  if (plan.lose_disks && random_.chance(1, 4)) {
    world_.witness.on_fault(fmt::format("n{} loses its disks", host.index()));
    return host.lose_disks();
  }
  if (plan.roll_back && random_.chance(1, 3) && host.restore_disks()) {
    world_.witness.on_fault(
        fmt::format("n{} starts from an earlier copy of its disks", host.index()));
    if (random_.chance(2, 3)) host.change_address();
    return;
  }
  if (plan.roll_back && random_.chance(1, 2)) host.save_disks();
  if (plan.swap_directory && random_.chance(1, 4)) {
    world_.witness.on_fault(fmt::format("n{} starts with its other directory", host.index()));
    host.swap_directory();
  } else if (plan.swap_volume && random_.chance(1, 3)) {
    world_.witness.on_fault(fmt::format("n{} starts with its other volume", host.index()));
    host.swap_volume();
  }
  if (plan.change_address && random_.chance(1, 3)) host.change_address();
}

void Chaos::boot(SimHost& host) {
  host.boot();
}

void Chaos::stop() {
  SimHost* host = pick_running();
  if (host == nullptr) return;
  stop_for(*host, random_.chance(1, 2) ? draw(milliseconds{50}, seconds{2})
                                       : draw(seconds{1}, seconds{25}));
}

void Chaos::stop_for(SimHost& host, Duration duration) {
  const std::uint64_t life = host.boots();
  host.stop();
  undo_after(duration, [&host, life] {
    if (host.boots() == life) host.resume();
  });
}

void Chaos::on_claiming(HostIndex index) {
  if (is_healed_ || !world_.scenario.faults.stop_claimants || !random_.chance(1, 3)) return;
  const Duration delay =
      random_.chance(1, 2) ? Duration{0} : draw(milliseconds{0}, milliseconds{500});
  world_.queue.after(delay, [this, index] {
    SimHost& host = *hosts_[index];
    if (is_healed_ || !host.is_running() || host.is_stopped()) return;
    stop_for(host, draw(seconds{1}, seconds{12}));
  });
}

void Chaos::leave() {
  if (running_count() <= 1) return;
  SimHost* host = pick_running();
  if (host == nullptr) return;
  host->leave();
  if (world_.scenario.faults.restart) {
    undo_after(draw(seconds{6}, seconds{14}), [this, host] {
      if (host->is_running()) return;
      change_machine(*host);
      boot(*host);
    });
  }
}

// One that is behind, as long as there is one; now and then one goes back. Killed or asked to
// leave, and there again before anybody could miss it, as after a supervisor's restart.
void Chaos::upgrade() {
  const wire::VersionRange next{wire::kVersions.oldest, wire::kRehearsal};
  std::vector<SimHost*> behind;
  std::vector<SimHost*> ahead;
  for (const auto& host : hosts_) {
    if (!host->is_running() || host->is_leaving()) continue;
    (host->wire() == next ? ahead : behind).push_back(host.get());
  }
  const bool is_back = !ahead.empty() && (behind.empty() || random_.chance(1, 5));
  const auto& able = is_back ? ahead : behind;
  if (able.empty()) return;
  SimHost* host = able[random_.below(able.size())];
  host->install(is_back ? wire::kVersions : next);
  world_.witness.on_fault(
      fmt::format("n{} is {}", host->index(), is_back ? "rolled back" : "upgraded"));
  if (random_.chance(1, 2)) {
    host->crash();
    // Whoever takes it for the one that it was speaks to it in a version that it no longer reads.
    if (is_back && random_.chance(1, 2)) {
      world_.witness.on_fault(fmt::format("n{} loses its disks", host->index()));
      host->lose_disks();
    }
    boot(*host);
  } else {
    host->leave();
    undo_after(seconds{6}, [this, host] {
      if (!host->is_running()) boot(*host);
    });
  }
}

}  // namespace gossamer::sim
