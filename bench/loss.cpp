#include <optional>

#include "busy_cores.hpp"
#include "cluster.hpp"
#include "lossy_network.hpp"
#include "scenarios.hpp"
#include "traffic.hpp"

namespace gossamer::bench {

nlohmann::json loss(const Settings& settings) {
  Cluster cluster{settings};
  cluster.start_settled(settings.nodes);
  CostSamples cost;
  const auto window = std::chrono::milliseconds{static_cast<std::int64_t>(settings.seconds * 1000)};
  const std::uint64_t deaths_before = cluster.deaths().events();
  const std::uint64_t sent_before = cluster.counted("datagrams_out");
  const std::uint64_t lost_before = datagrams_lost();
  std::optional<BusyCores> busy;
  if (settings.is_busy) busy.emplace();
  lose_datagrams(settings.loss_percent);
  for (std::size_t repeat = 0; repeat < settings.repeats; ++repeat) {
    const Spent before = spent_by(cluster);
    const SteadyTime start = std::chrono::steady_clock::now();
    cluster.run_for(window);
    const double seconds = milliseconds_since(start, std::chrono::steady_clock::now()) / 1000;
    cost.add(before, spent_by(cluster), static_cast<double>(settings.nodes) * seconds);
  }
  const auto sent = static_cast<double>(cluster.counted("datagrams_out") - sent_before);
  const auto lost = static_cast<double>(datagrams_lost() - lost_before);
  lose_datagrams(0);
  return {{"scenario", "loss"},
          {"nodes", settings.nodes},
          {"encrypted", !settings.is_insecure},
          {"repeats", settings.repeats},
          {"profile", settings.profile},
          {"loops", settings.loops},
          {"loss_percent", settings.loss_percent},
          {"busy", settings.is_busy},
          {"seconds", settings.seconds * static_cast<double>(settings.repeats)},
          {"false_deaths", cluster.deaths().events() - deaths_before},
          {"packets_per_node_s", cost.packets()},
          {"bytes_per_node_s", cost.bytes()},
          {"cpu_us_per_node_s", cost.cpu_us()},
          {"tcp_fallback", settings.has_stream_probes()},
          {"lost_share", sent > 0 ? lost / sent : 0}};
}

}  // namespace gossamer::bench
