#include "cluster.hpp"
#include "detection.hpp"
#include "scenarios.hpp"

namespace gossamer::bench {

nlohmann::json stall(const Settings& settings) {
  Cluster cluster{settings};
  cluster.add();
  const std::size_t stalled = cluster.add_alone();
  cluster.start_settled(settings.nodes);
  const std::string& name = cluster.name_of(stalled);
  std::size_t declared_down = 0;
  std::size_t unconverged = 0;
  for (std::size_t repeat = 0; repeat < settings.repeats; ++repeat) {
    if (!cluster.run_until([&] { return cluster.all_see(settings.nodes); }, kEverybodyLimit)) {
      ++unconverged;
    }
    // The moment within the probe period must differ between repeats.
    cluster.run_for(std::chrono::milliseconds{1 + 137 * repeat % 1000});
    const std::uint64_t before = cluster.deaths().events_of(name);
    cluster.halt(stalled);
    cluster.run_for(std::chrono::milliseconds{settings.stall_ms});
    cluster.resume(stalled);
    cluster.run_for(std::chrono::milliseconds{settings.after_ms});
    declared_down += cluster.deaths().events_of(name) > before;
  }
  return {{"scenario", "stall"},
          {"nodes", settings.nodes},
          {"encrypted", !settings.is_insecure},
          {"repeats", settings.repeats},
          {"profile", settings.profile},
          {"stall_ms", settings.stall_ms},
          {"declared_down", declared_down},
          {"false_deaths", cluster.deaths().events()},
          {"unconverged_runs", unconverged}};
}

}  // namespace gossamer::bench
