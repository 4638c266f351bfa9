#include "cluster.hpp"
#include "figures.hpp"
#include "scenarios.hpp"
#include "traffic.hpp"
#include "update_feed.hpp"

namespace gossamer::bench {
namespace {

constexpr std::chrono::seconds kDrainLimit{20};

/// What the windows showed.
struct Shown {
  Samples offered;
  Samples statements;
  Samples in_window;
  Samples delivered;
  Samples queued;
  Samples latency;
  CostSamples cost;
  std::size_t undelivered = 0;
};

void run_window(Cluster& cluster, const Settings& settings, UpdateFeed& feed, Shown& shown) {
  const auto total =
      static_cast<std::size_t>(static_cast<double>(settings.rate) * settings.seconds);
  const auto window = std::chrono::milliseconds{static_cast<std::int64_t>(settings.seconds * 1000)};
  const std::size_t statements_before = feed.statements();
  const Spent before = spent_by(cluster);
  const SteadyTime start = std::chrono::steady_clock::now();
  feed.begin(total);
  // The last batch leaves within 100 ms of the window's end.
  cluster.run_until([&] { return !feed.offer(); }, window + std::chrono::seconds{60});
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(start + window -
                                                                 std::chrono::steady_clock::now());
  if (left.count() > 0) cluster.run_for(left);
  const double took_s = milliseconds_since(start, std::chrono::steady_clock::now()) / 1000;
  const auto nodes = static_cast<double>(settings.nodes);
  shown.cost.add(before, spent_by(cluster), took_s * nodes);
  shown.offered.add(static_cast<double>(total) / took_s);
  shown.statements.add(static_cast<double>(feed.statements() - statements_before) / took_s);
  Deliveries& deliveries = feed.deliveries();
  const auto wanted = static_cast<double>(deliveries.wanted());
  shown.in_window.add(static_cast<double>(deliveries.count()) / wanted);
  shown.queued.add(static_cast<double>(cluster.counted("rumours_waiting")) / nodes);
  cluster.run_until([&] { return deliveries.count() == deliveries.wanted(); }, kDrainLimit);
  shown.delivered.add(static_cast<double>(deliveries.count()) / wanted);
  shown.undelivered += deliveries.wanted() - deliveries.count();
  deliveries.add_latency_to(shown.latency);
}

}  // namespace

nlohmann::json updates(const Settings& settings) {
  Cluster cluster{settings};
  cluster.start_settled(settings.nodes);
  Shown shown;
  const std::uint64_t deaths_before = cluster.deaths().events();
  {
    UpdateFeed feed{cluster, settings};
    cluster.run_for(std::chrono::seconds{1});  // Every watcher has told that there is nothing yet.
    for (std::size_t repeat = 0; repeat < settings.repeats; ++repeat) {
      run_window(cluster, settings, feed, shown);
      cluster.run_for(std::chrono::seconds{1});
    }
  }
  return {{"scenario", "updates"},
          {"nodes", settings.nodes},
          {"encrypted", !settings.is_insecure},
          {"repeats", settings.repeats},
          {"profile", settings.profile},
          {"loops", settings.loops},
          {"window_s", settings.seconds},
          {"rate", settings.rate},
          {"origins", settings.origins},
          {"updates_per_record", UpdateFeed::updates_per_record()},
          {"statements_per_s", shown.statements.to_json()},
          {"offered_per_s", shown.offered.to_json()},
          {"delivered_share", shown.delivered.to_json()},
          {"delivered_in_window_share", shown.in_window.to_json()},
          {"undelivered", shown.undelivered},
          {"latency_ms", shown.latency.to_json()},
          {"queued_at_end", shown.queued.to_json()},
          {"packets_per_node_s", shown.cost.packets()},
          {"bytes_per_node_s", shown.cost.bytes()},
          {"cpu_us_per_node_s", shown.cost.cpu_us()},
          {"false_deaths", cluster.deaths().events() - deaths_before}};
}

}  // namespace gossamer::bench
