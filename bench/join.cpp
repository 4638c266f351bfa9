#include "figures.hpp"
#include "scenarios.hpp"

namespace gossamer::bench {

nlohmann::json join(const Settings& settings) {
  constexpr std::chrono::seconds kLimit{60};
  Samples all_see_all;
  Samples cpu;
  Samples rss;
  std::size_t unconverged = 0;
  for (std::size_t repeat = 0; repeat < settings.repeats; ++repeat) {
    const Usage before = usage_now();
    const SteadyTime start = std::chrono::steady_clock::now();
    Cluster cluster{settings};
    for (std::size_t i = 0; i < settings.nodes; ++i) cluster.add();
    if (!cluster.run_until([&] { return cluster.all_see(settings.nodes); }, kLimit)) {
      ++unconverged;
      continue;
    }
    all_see_all.add(milliseconds_since(start, std::chrono::steady_clock::now()));
    const Usage after = usage_now();
    cpu.add(after.cpu_s - before.cpu_s);
    rss.add(after.rss_kib / static_cast<double>(settings.nodes));
  }
  return {{"scenario", "join"},
          {"nodes", settings.nodes},
          {"encrypted", true},
          {"repeats", settings.repeats},
          {"all_see_all_ms", all_see_all.to_json()},
          {"unconverged_runs", unconverged},
          {"cpu_s", cpu.to_json()},
          {"rss_kib_per_node", rss.to_json()}};
}

}  // namespace gossamer::bench
