// One key after another, while records change: nothing that a member has sealed may be dropped.

#include <algorithm>
#include <optional>

#include "cluster.hpp"
#include "figures.hpp"
#include "give_up.hpp"
#include "scenarios.hpp"

namespace gossamer::bench {
namespace {

using std::chrono::seconds;

constexpr auto kStepLimit = seconds{60};
constexpr auto kRetirement = seconds{31};  ///< A removed key is opened for 30 s.

/// What a member sealed and another did not open.
std::uint64_t dropped(const Cluster& cluster) {
  return cluster.counted("packets_rejected_unknown_key") +
         cluster.counted("packets_rejected_unsealed") + cluster.counted("packets_rejected_late") +
         cluster.counted("packets_rejected_replayed") + cluster.counted("packets_malformed");
}

/// Publishes something new at one node after the other, as often as it is called.
class Load {
 public:
  explicit Load(Cluster& cluster) : cluster_(cluster), published_(cluster.size()) {}
  void publish() {
    const std::size_t at = count_++ % cluster_.size();
    published_[at].reset();
    auto published = cluster_.node(at).naming().publish("load", {"127.0.0.1", 1},
                                                        {{"n", std::to_string(count_)}});
    if (published) published_[at].emplace(std::move(*published));
  }
  std::size_t count() const { return count_; }

 private:
  Cluster& cluster_;
  std::vector<std::optional<Publication>> published_;
  std::size_t count_ = 0;
};

/// Takes a step and waits until `is_done` holds of what every node knows of the keys.
template <class Step, class IsDone>
double take(Cluster& cluster, Load& load, const char* name, Step step, IsDone is_done) {
  const auto began = std::chrono::steady_clock::now();
  if (const auto taken = step(); !taken)
    give_up(std::string{"rotate: "} + name + ": " + taken.error().detail);
  const auto everywhere = [&] {
    load.publish();
    for (std::size_t i = 0; i < cluster.size(); ++i) {
      if (!is_done(cluster.node(i).keys().list())) return false;
    }
    return true;
  };
  if (!cluster.run_until(everywhere, kStepLimit)) {
    give_up(std::string{"rotate: "} + name + ": not everybody followed in 60 s");
  };
  return milliseconds_since(began, std::chrono::steady_clock::now());
}

}  // namespace

nlohmann::json rotate(const Settings& settings) {
  Cluster cluster{settings};
  for (std::size_t i = 0; i < settings.nodes; ++i) cluster.add();
  if (!cluster.run_until([&] { return cluster.all_see(settings.nodes); }, seconds{60})) {
    give_up("rotate: the nodes did not find each other within 60 s");
  }
  Load load{cluster};
  Samples adding;
  Samples using_it;
  Samples removing;
  const std::uint64_t dropped_before = dropped(cluster);
  const std::uint64_t deaths_before = cluster.deaths().events();
  for (std::size_t repeat = 0; repeat < settings.repeats; ++repeat) {
    Keys& keys = cluster.node(repeat % settings.nodes).keys();
    const std::uint32_t old = keys.list().front().id;
    std::uint32_t id = 0;
    adding.add(take(
        cluster, load, "add",
        [&] {
          return keys.add(std::string(32, static_cast<char>('A' + repeat % 60)))
              .map([&](std::uint32_t added) { id = added; });
        },
        [&](const std::vector<KeyStatus>& list) {
          return list.size() == 2 && list[1].held_by == settings.nodes;
        }));
    using_it.add(take(
        cluster, load, "use", [&] { return keys.use(id); },
        [&](const std::vector<KeyStatus>& list) {
          return list[0].id == id && list[0].used_by == settings.nodes;
        }));
    removing.add(take(
        cluster, load, "remove", [&] { return keys.remove(old); },
        [&](const std::vector<KeyStatus>& list) { return list.size() == 1; }));
    // The old key is really gone, and still nothing is missed.
    const auto end = std::chrono::steady_clock::now() + kRetirement;
    cluster.run_until(
        [&] {
          load.publish();
          return std::chrono::steady_clock::now() >= end;
        },
        2 * kRetirement);
  }
  return {{"scenario", "rotate"},
          {"nodes", settings.nodes},
          {"encrypted", true},
          {"repeats", settings.repeats},
          {"add_ms", adding.to_json()},
          {"use_ms", using_it.to_json()},
          {"remove_ms", removing.to_json()},
          {"records_changed", load.count()},
          {"packets_sent", cluster.counted("datagrams_out") + cluster.counted("frames_out")},
          {"valid_packets_dropped", dropped(cluster) - dropped_before},
          {"false_deaths", cluster.deaths().events() - deaths_before}};
}

}  // namespace gossamer::bench
