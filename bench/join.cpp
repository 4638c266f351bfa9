#include "cluster.hpp"
#include "figures.hpp"
#include "scenarios.hpp"

namespace gossamer::bench {
namespace {

constexpr std::chrono::seconds kLimit{120};

// All at once, or one at a time; in both cases they know only the first.
bool all_join(Cluster& cluster, const Settings& settings, SteadyTime start) {
  if (settings.mode == "burst") {
    cluster.add_many(settings.nodes);
  } else {
    for (std::size_t i = 0; i < settings.nodes; ++i) {
      cluster.add();
      const auto next =
          start + std::chrono::milliseconds{settings.gap_ms} * static_cast<int>(i + 1);
      const auto wait =
          std::chrono::ceil<std::chrono::milliseconds>(next - std::chrono::steady_clock::now());
      if (wait.count() > 0) cluster.run_for(wait);
    }
  }
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(start + kLimit -
                                                                 std::chrono::steady_clock::now());
  return cluster.run_until([&] { return cluster.all_see(settings.nodes); }, left);
}

}  // namespace

nlohmann::json join(const Settings& settings) {
  const double rss_before_kib = usage_now().rss_kib;
  Samples all_see_all;
  Samples cpu;
  Samples rss;
  std::size_t unconverged = 0;
  for (std::size_t repeat = 0; repeat < settings.repeats; ++repeat) {
    const Usage before = usage_now();
    const SteadyTime start = std::chrono::steady_clock::now();
    Cluster cluster{settings};
    if (!all_join(cluster, settings, start)) {
      ++unconverged;
      continue;
    }
    all_see_all.add(milliseconds_since(start, std::chrono::steady_clock::now()));
    const Usage after = usage_now();
    cpu.add(after.cpu_s - before.cpu_s);
    rss.add((after.rss_kib - rss_before_kib) / static_cast<double>(settings.nodes));
  }
  return {{"scenario", "join"},
          {"nodes", settings.nodes},
          {"encrypted", !settings.is_insecure},
          {"repeats", settings.repeats},
          {"profile", settings.profile},
          {"loops", settings.loops},
          {"mode", settings.mode},
          {"all_see_all_ms", all_see_all.to_json()},
          {"unconverged_runs", unconverged},
          {"cpu_s", cpu.to_json()},
          {"rss_kib_per_node", rss.to_json()}};
}

}  // namespace gossamer::bench
