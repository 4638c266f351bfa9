// Somebody without the key, and a cluster that goes on.

#include <algorithm>

#include "cluster.hpp"
#include "figures.hpp"
#include "give_up.hpp"
#include "junk_sender.hpp"
#include "scenarios.hpp"

namespace gossamer::bench {
namespace {

using std::chrono::seconds;

constexpr std::size_t kRecordedMin = 50;

/// What every node holds of the others, and which names it knows.
using Picture = std::vector<std::pair<NodeId, Incarnation>>;

Picture picture_of(Cluster& cluster) {
  Picture picture;
  for (std::size_t i = 0; i < cluster.size(); ++i) {
    for (const Member& member : cluster.node(i).members()) {
      picture.emplace_back(member.id, member.incarnation * 4 + static_cast<unsigned>(member.state));
    }
  }
  return picture;
}

std::uint64_t rejected(const Cluster& cluster) {
  std::uint64_t sum = 0;
  for (const char* reason : {"truncated", "foreign", "version", "unknown_key", "unsealed", "own",
                             "twin", "late", "replayed"}) {
    sum += cluster.counted(std::string{"packets_rejected_"} + reason);
  }
  return sum;
}

}  // namespace

nlohmann::json junk(const Settings& settings) {
  Cluster cluster{settings};
  for (std::size_t i = 0; i + 1 < settings.nodes; ++i) cluster.add();
  // The last one's packets pass through the sender's hands.
  JunkSender sender;
  cluster.add(sender.node(), sender.endpoint());
  const auto is_ready = [&] {
    return cluster.all_see(settings.nodes) && sender.recorded() >= kRecordedMin;
  };
  if (!cluster.run_until(is_ready, seconds{120})) {
    give_up("junk: the nodes did not find each other within 120 s");
  }
  cluster.run_for(seconds{5});
  std::vector<Endpoint> victims;
  for (std::size_t i = 0; i + 1 < settings.nodes; ++i)
    victims.push_back(cluster.node(i).endpoint());
  victims.push_back(sender.node());

  const Picture picture = picture_of(cluster);
  const std::uint64_t probes = cluster.counted("probes");
  const std::uint64_t late = cluster.counted("probes_late");
  const std::uint64_t silent = cluster.counted("probes_silent");
  const std::uint64_t rejects = rejected(cluster);
  const std::uint64_t deaths = cluster.deaths().events();
  const Usage before = usage_now();
  sender.begin(victims, settings.packets, settings.packets_per_s);
  const auto limit = seconds{60 + 4 * settings.packets / settings.packets_per_s};
  cluster.run_until([&] { return sender.is_done(); }, limit);
  const Usage after = usage_now();
  cluster.run_for(seconds{5});  // For the verdicts on the last probes.

  const auto probed = static_cast<double>(cluster.counted("probes") - probes);
  const auto share = [&](const char* name, std::uint64_t count_before) {
    return 1 - static_cast<double>(cluster.counted(name) - count_before) / std::max(1.0, probed);
  };
  return {{"scenario", "junk"},
          {"nodes", settings.nodes},
          {"encrypted", true},
          {"repeats", 1},
          {"packets", sender.sent()},
          {"packets_per_s", static_cast<double>(sender.sent()) / std::max(0.001, sender.seconds())},
          {"rejected", rejected(cluster) - rejects},
          {"lost_by_kernel", cluster.counted("network_datagrams_lost_by_kernel")},
          {"probes", probed},
          {"answered_share", share("probes_silent", silent)},
          {"answered_at_once_share", share("probes_late", late)},
          {"cpu_s", after.cpu_s - before.cpu_s},
          {"rss_growth_kib", after.rss_kib - before.rss_kib},
          {"members_changed", picture_of(cluster) != picture},
          {"false_deaths", cluster.deaths().events() - deaths}};
}

}  // namespace gossamer::bench
