#pragma once

#include <memory>
#include <set>
#include <string>
#include <vector>

#include "base/random.hpp"
#include "sim/forger.hpp"
#include "sim/liar.hpp"
#include "sim/sim_host.hpp"

namespace gossamer::sim {

/// Lets things go wrong as the plan says, and puts them right again in the end.
class Chaos {
 public:
  Chaos(World& world, std::vector<std::unique_ptr<SimHost>>& hosts, std::uint64_t seed);

  /// From now until `until`.
  void begin(Instant until);
  /// A node is about to put a claim, or has just done so: a good moment to stop it.
  void on_claiming(HostIndex host);
  /// Nothing goes wrong any more. Some crashed nodes come back, others never do.
  void heal();

 private:
  enum class Fault : std::uint8_t {
    crash,
    stop,
    partition,
    isolate,
    burst,
    lossy_node,
    outage,
    redeploy,
    leave,
    freeze,
    rot,
    fail_write,
    witness,
    forge,
    upgrade,
    lie
  };

  void next();
  void strike(Fault fault);
  void keep_one_running();
  SimHost* pick_running();
  SimHost* pick_owner();
  bool believes_to_own(const SimHost& host, const UnitId& unit) const;
  Duration draw(Duration low, Duration high);
  /// In a healing that has begun meanwhile, nothing is left to undo.
  void undo_after(Duration delay, EventQueue::Task task);

  void crash();
  void boot_later(SimHost& host);
  void boot(SimHost& host);
  void change_machine(SimHost& host);
  void stop();
  void stop_for(SimHost& host, Duration duration);
  void partition();
  void isolate();
  void block(HostIndex a, HostIndex b);
  void burst();
  void lossy_node();
  void outage();
  void redeploy();
  void leave();
  void freeze();
  void rot();
  void witness();
  void forge();
  void upgrade();
  void lie();
  std::size_t running_count() const;

  // chaos_links.cpp
  void end_machine(SimHost& host);
  void next_of_links();
  void reset_link();
  void reject();

  World& world_;
  std::vector<std::unique_ptr<SimHost>>& hosts_;
  Random random_;
  Random links_random_;  ///< Of its own: other faults are drawn alike with these and without.
  Instant until_{};
  bool is_healed_ = true;
  std::vector<Fault> faults_;
  std::size_t crashes_ = 0;
  Forger forger_;
  Liar liar_;
  std::set<std::string> forged_;  ///< And not removed yet.
};

}  // namespace gossamer::sim
