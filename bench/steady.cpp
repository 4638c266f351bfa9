#include "cluster.hpp"
#include "measured_node.hpp"
#include "scenarios.hpp"
#include "traffic.hpp"

namespace gossamer::bench {

nlohmann::json steady(const Settings& settings) {
  const double rss_before_kib = usage_now().rss_kib;
  Cluster cluster{settings};
  cluster.start_settled(settings.nodes);
  CostSamples cost;
  const auto window = std::chrono::milliseconds{static_cast<std::int64_t>(settings.seconds * 1000)};
  const std::uint64_t deaths_before = cluster.deaths().events();
  for (std::size_t repeat = 0; repeat < settings.repeats; ++repeat) {
    const Spent before = spent_by(cluster);
    const SteadyTime start = std::chrono::steady_clock::now();
    cluster.run_for(window);
    const double seconds = milliseconds_since(start, std::chrono::steady_clock::now()) / 1000;
    cost.add(before, spent_by(cluster), static_cast<double>(settings.nodes) * seconds);
  }
  const double rss_kib = usage_now().rss_kib - rss_before_kib;
  return {{"scenario", "steady"},
          {"nodes", settings.nodes},
          {"encrypted", !settings.is_insecure},
          {"repeats", settings.repeats},
          {"profile", settings.profile},
          {"probe_interval_ms", measured_node(settings, "", "").membership.probe_interval.count()},
          {"loops", settings.loops},
          {"window_s", settings.seconds},
          {"packets_per_node_s", cost.packets()},
          {"bytes_per_node_s", cost.bytes()},
          {"cpu_us_per_node_s", cost.cpu_us()},
          {"rss_kib_per_node", rss_kib / static_cast<double>(settings.nodes)},
          {"false_deaths", cluster.deaths().events() - deaths_before}};
}

}  // namespace gossamer::bench
