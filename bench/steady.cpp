#include <cstdio>
#include <cstdlib>

#include "figures.hpp"
#include "scenarios.hpp"

namespace gossamer::bench {

nlohmann::json steady(const Settings& settings) {
  const double rss_kib_before = usage_now().rss_kib;
  Cluster cluster{settings};
  for (std::size_t i = 0; i < settings.nodes; ++i) cluster.add();
  if (!cluster.run_until([&] { return cluster.all_see(settings.nodes); }, std::chrono::seconds{60})) {
    std::fprintf(stderr, "gossamer-bench: the nodes did not find each other within 60 s\n");
    std::exit(1);
  }
  cluster.run_for(std::chrono::seconds{10});  // Rumours of the join die down.

  Samples packets;
  Samples bytes;
  Samples cpu;
  const auto window = std::chrono::milliseconds{static_cast<std::int64_t>(settings.seconds * 1000)};
  const std::uint64_t deaths_before = cluster.down_events();
  for (std::size_t repeat = 0; repeat < settings.repeats; ++repeat) {
    const Usage before = usage_now();
    const std::uint64_t packets_before = cluster.counted("datagrams_out") + cluster.counted("frames_out");
    const std::uint64_t bytes_before = cluster.counted("datagram_bytes_out") + cluster.counted("frame_bytes_out");
    cluster.run_for(window);
    const double node_seconds = static_cast<double>(settings.nodes) * settings.seconds;
    packets.add(static_cast<double>(cluster.counted("datagrams_out") + cluster.counted("frames_out") -
                                    packets_before) / node_seconds);
    bytes.add(static_cast<double>(cluster.counted("datagram_bytes_out") +
                                  cluster.counted("frame_bytes_out") - bytes_before) / node_seconds);
    cpu.add((usage_now().cpu_s - before.cpu_s) * 1e6 / node_seconds);
  }
  return {{"scenario", "steady"},
          {"nodes", settings.nodes},
          {"encrypted", !settings.is_insecure},
          {"repeats", settings.repeats},
          {"window_s", settings.seconds},
          {"packets_per_node_s", packets.to_json()},
          {"bytes_per_node_s", bytes.to_json()},
          {"cpu_us_per_node_s", cpu.to_json()},
          {"rss_kib_per_node", usage_now().rss_kib / static_cast<double>(settings.nodes)},
          // Without the program and its libraries, which are the same for one node and for a thousand.
          {"grown_kib_per_node", (usage_now().rss_kib - rss_kib_before) / static_cast<double>(settings.nodes)},
          {"false_deaths", cluster.down_events() - deaths_before}};
}

}  // namespace gossamer::bench
