#include <algorithm>
#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <mutex>

#include "figures.hpp"
#include "scenarios.hpp"

namespace gossamer::bench {
namespace {

// Holds a node's thread: its sockets stay open, and nobody reads them.
class Gate {
 public:
  void wait() {
    std::unique_lock lock{mutex_};
    opened_.wait(lock, [this] { return is_open_; });
  }
  void open() {
    const std::lock_guard lock{mutex_};
    is_open_ = true;
    opened_.notify_all();
  }

 private:
  std::mutex mutex_;
  std::condition_variable opened_;
  bool is_open_ = false;
};

// One node that dies: on the loop by closing abruptly, or on a thread of its own by standing still.
class Victim {
 public:
  Victim(Cluster& cluster, bool is_silent) : cluster_(cluster), is_silent_(is_silent) {
    if (!is_silent) {
      cluster.add();
      index_ = cluster.size() - 1;
      id_ = cluster.node(index_).id();
      return;
    }
    cluster.add_on_thread();
    Gate told;
    (void)cluster.threads().back()->handle().post([&](Node& node) {
      id_ = node.id();
      told.open();
    });
    told.wait();
  }
  ~Victim() {
    if (!is_silent_) return;
    gate_.open();
    cluster_.threads().pop_back();
  }
  Victim(const Victim&) = delete;
  Victim& operator=(const Victim&) = delete;

  const NodeId& id() const { return id_; }
  void die() {
    if (!is_silent_) return cluster_.kill(index_);
    (void)cluster_.threads().back()->handle().post([this](Node&) { gate_.wait(); });
  }

 private:
  Cluster& cluster_;
  bool is_silent_;
  std::size_t index_ = 0;
  NodeId id_{};
  Gate gate_;
};

void await_everybody(Cluster& cluster, std::size_t nodes) {
  if (cluster.run_until([&] { return cluster.all_see(nodes); }, std::chrono::seconds{90})) return;
  std::fprintf(stderr, "gossamer-bench: the nodes did not find each other within 90 s\n");
  std::exit(1);
}

}  // namespace

nlohmann::json detect(const Settings& settings) {
  Cluster cluster{settings};
  const std::size_t survivors = settings.nodes - 1;
  for (std::size_t i = 0; i < survivors; ++i) cluster.add();
  await_everybody(cluster, survivors);

  Samples first;
  Samples all;
  std::size_t undetected = 0;
  std::set<NodeId> dead;
  for (std::size_t repeat = 0; repeat < settings.repeats; ++repeat) {
    Victim victim{cluster, settings.death == "silence"};
    await_everybody(cluster, settings.nodes);
    // Let rumours settle; and the moment within the probe period must differ between repeats.
    cluster.run_for(std::chrono::milliseconds{4000 + 137 * repeat % 1000});
    const SteadyTime death = std::chrono::steady_clock::now();
    victim.die();
    const auto& downs = cluster.downs_of(victim.id());
    const bool is_known = cluster.run_until([&] { return downs.size() >= survivors; }, std::chrono::seconds{60});
    dead.insert(victim.id());
    if (!is_known) {
      ++undetected;
      continue;
    }
    SteadyTime earliest = SteadyTime::max();
    SteadyTime latest = death;
    for (const auto& [observer, when] : downs) {
      earliest = std::min(earliest, when);
      latest = std::max(latest, when);
    }
    first.add(milliseconds_since(death, earliest));
    all.add(milliseconds_since(death, latest));
  }
  return {{"scenario", "detect"},
          {"nodes", settings.nodes},
          {"encrypted", !settings.is_insecure},
          {"repeats", settings.repeats},
          {"profile", settings.profile},
          {"death", settings.death},
          {"first_ms", first.to_json()},
          {"all_ms", all.to_json()},
          {"undetected", undetected},
          {"false_deaths", cluster.down_events_except(dead)}};
}

}  // namespace gossamer::bench
