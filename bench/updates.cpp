#include "cluster.hpp"
#include "figures.hpp"
#include "scenarios.hpp"
#include "update_feed.hpp"

namespace gossamer::bench {
namespace {

constexpr std::chrono::seconds kDrainLimit{20};

}  // namespace

nlohmann::json updates(const Settings& settings) {
  Cluster cluster{settings};
  cluster.start_settled(settings.nodes);
  Samples in_window;
  Samples delivered;
  Samples queued;
  Samples offered;
  Samples latency;
  std::size_t undelivered = 0;
  const auto total =
      static_cast<std::size_t>(static_cast<double>(settings.rate) * settings.seconds);
  const auto window = std::chrono::milliseconds{static_cast<std::int64_t>(settings.seconds * 1000)};
  const std::uint64_t deaths_before = cluster.deaths().events();
  {
    UpdateFeed feed{cluster, settings};
    cluster.run_for(std::chrono::seconds{1});  // Every watcher has told that there is nothing yet.
    for (std::size_t repeat = 0; repeat < settings.repeats; ++repeat) {
      const SteadyTime start = std::chrono::steady_clock::now();
      feed.begin(total);
      // The last batch leaves within 100 ms of the window's end.
      cluster.run_until([&] { return !feed.offer(); }, window + std::chrono::seconds{60});
      const auto left = std::chrono::ceil<std::chrono::milliseconds>(
          start + window - std::chrono::steady_clock::now());
      if (left.count() > 0) cluster.run_for(left);
      offered.add(static_cast<double>(total) * 1000 /
                  milliseconds_since(start, std::chrono::steady_clock::now()));
      const auto wanted = static_cast<double>(feed.deliveries().wanted());
      in_window.add(static_cast<double>(feed.deliveries().count()) / wanted);
      queued.add(static_cast<double>(cluster.counted("rumours_waiting")) /
                 static_cast<double>(settings.nodes));
      cluster.run_until([&] { return feed.deliveries().count() == feed.deliveries().wanted(); },
                        kDrainLimit);
      const std::size_t got = feed.deliveries().count();
      delivered.add(static_cast<double>(got) / wanted);
      undelivered += feed.deliveries().wanted() - got;
      feed.deliveries().add_latency_to(latency);
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
          {"offered_per_s", offered.to_json()},
          {"delivered_share", delivered.to_json()},
          {"delivered_in_window_share", in_window.to_json()},
          {"undelivered", undelivered},
          {"latency_ms", latency.to_json()},
          {"queued_at_end", queued.to_json()},
          {"false_deaths", cluster.deaths().events() - deaths_before}};
}

}  // namespace gossamer::bench
