#include "swarm.hpp"

#include "toy_world.hpp"

namespace gossamer::journal {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

/// Each run switches whole classes of faults on or off: that finds more than all at once.
Faults draw_faults(Random& random) {
  const auto share = [&](unsigned most) {
    return random.chance(1, 2) ? static_cast<unsigned>(random.below(most)) : 0U;
  };
  Faults faults;
  faults.unknown = share(150);
  faults.unknown_done = share(150);
  faults.late = share(150);
  faults.refused = share(50);
  faults.slow = share(100);
  faults.latency = milliseconds{random.between(1, 300)};
  return faults;
}

struct Plan {
  std::size_t nodes = 2;
  bool crashes = false;
  bool swaps_disks = false;
  bool undeploys = false;
  std::uint64_t steps = 0;
};

class Swarm {
 public:
  explicit Swarm(std::uint64_t seed)
      : random_(seed),
        plan_(draw_plan()),
        world_(plan_.nodes, random_.next(), draw_faults(random_)) {
    world_.policy.freeze_after_entries = static_cast<std::uint32_t>(random_.below(12));
    world_.policy.ship_interval = milliseconds{random_.between(10, 2000)};
    world_.objects.page_keys = 1 + random_.below(20);
  }

  SwarmResult run() {
    for (std::uint64_t step = 0; step < plan_.steps && world_.referee.violations().empty();
         ++step) {
      act();
      world_.advance(milliseconds{random_.between(0, random_.chance(1, 10) ? 20'000 : 1'500)});
    }
    const std::size_t epochs = world_.referee.violations().empty() ? settle() : 0;
    return {world_.referee.violations(), world_.marks, world_.fingerprint,
            world_.referee.acknowledged().size(), epochs};
  }

 private:
  Plan draw_plan() {
    Plan plan;
    plan.nodes = 1 + random_.below(3);
    plan.crashes = random_.chance(2, 3);
    plan.swaps_disks = random_.chance(1, 3);
    plan.undeploys = random_.chance(1, 4);
    plan.steps = static_cast<std::uint64_t>(random_.between(20, 120));
    return plan;
  }

  bool is_owner(std::size_t node) const {
    return world_.journal(node).owned_epoch(world_.unit).has_value();
  }

  void act() {
    const std::size_t node = random_.below(plan_.nodes);
    const std::uint64_t draw = random_.below(100);
    if (draw < 50) {
      for (std::size_t any = 0; any < plan_.nodes; ++any) {
        world_.commit(any, random_.chance(1, 2));
        if (random_.chance(1, 4)) world_.commit(any);
      }
    } else if (draw < 65) {
      if (!is_owner(node)) claim(node);
    } else if (draw < 75) {
      world_.freeze(node);
    } else if (draw < 80) {
      world_.observe(node);
    } else if (draw < 84) {
      world_.rumour(node, 1 + random_.below(10));
    } else if (draw < 87) {
      world_.release(node);
    } else if (draw < 95) {
      if (plan_.crashes) crash(node);
    } else if (plan_.undeploys) {
      // Now and then an undeploy is told late, when a newer version runs already.
      world_.deploy(!world_.objects.is_undeployed);
      if (world_.objects.is_undeployed || random_.chance(1, 4)) world_.withdraw(node);
    }
  }

  /// Nodes claim whenever they like; some know a spec that is not the newest.
  void claim(std::size_t node) {
    const std::uint64_t newest = world_.objects.spec_version;
    std::optional<Slot> expected;
    if (random_.chance(1, 3)) expected = random_.below(30);
    world_.claim(node, expected, newest > 1 && random_.chance(1, 3) ? newest - 1 : newest);
  }

  void crash(std::size_t node) {
    const std::uint64_t draw = random_.below(4);
    world_.crash(node, draw == 0                        ? Disk::lost
                       : draw == 1 && plan_.swaps_disks ? Disk::swapped
                                                        : Disk::kept);
  }

  /// Liveness: faults end, a spec runs, one node goes on claiming, and it serves.
  std::size_t settle() {
    world_.faults = Faults{};
    world_.faults.latency = milliseconds{5};
    if (world_.objects.is_undeployed) world_.deploy(false);
    world_.advance(minutes{5});
    for (std::size_t node = 0; node < plan_.nodes; ++node) world_.release(node);
    world_.advance(seconds{30});
    for (int tries = 0; tries < 8 && !world_.is_ready(0); ++tries) {
      world_.claim(0);
      world_.advance(minutes{1});
    }
    if (!world_.is_ready(0)) {
      world_.referee.accuse("liveness: nobody can own the unit: " + world_.slots() + "\n" +
                            world_.told(0));
      return 0;
    }
    const std::size_t before = world_.store(0).writes.size();
    world_.commit(0);
    world_.freeze(0);
    world_.advance(minutes{1});
    if (world_.referee.acknowledged().empty() ||
        world_.referee.acknowledged().rbegin()->first != before + 1) {
      world_.referee.accuse("liveness: a write is not acknowledged");
    }
    // Nothing in these runs is ever damaged, so nobody may have said so.
    for (const std::string& alarm : world_.alarms) world_.referee.accuse("alarm: " + alarm);
    return *world_.journal(0).owned_epoch(world_.unit);
  }

  Random random_;
  Plan plan_;
  World world_;
};

}  // namespace

SwarmResult run_swarm(std::uint64_t seed) {
  return Swarm{seed}.run();
}

}  // namespace gossamer::journal
