#include "cluster.hpp"
#include "detection.hpp"
#include "lossy_network.hpp"
#include "processes.hpp"
#include "scenarios.hpp"
#include "traffic.hpp"

namespace gossamer::bench {

std::chrono::milliseconds Detection::before_death(std::size_t repeat) {
  return std::chrono::milliseconds{4000 + 137 * repeat % 1000};
}

void Detection::add(const Deaths& deaths, const std::string& victim, SteadyTime died,
                    bool is_known_to_all) {
  dead_.insert(victim);
  const std::optional<Deaths::Span> span = deaths.span(victim);
  if (!is_known_to_all || !span) {
    ++undetected_;
    return;
  }
  first_.add(milliseconds_since(died, span->first));
  all_.add(milliseconds_since(died, span->last));
}

nlohmann::json Detection::to_json(const Deaths& deaths) const {
  return {{"scenario", "detect"},
          {"nodes", settings_.nodes},
          {"encrypted", !settings_.is_insecure},
          {"repeats", settings_.repeats},
          {"profile", settings_.profile},
          {"death", settings_.death},
          {"loss_percent", settings_.loss_percent},
          {"tcp_fallback", settings_.has_stream_probes()},
          {"first_ms", first_.to_json()},
          {"all_ms", all_.to_json()},
          {"undetected", undetected_},
          {"unconverged_runs", unconverged_},
          {"false_deaths", deaths.events_except(dead_)}};
}

namespace {

// What nodes send while nobody dies.
void measure_calm(Cluster& cluster, const Settings& settings, BurstSamples& burst) {
  lose_datagrams(settings.loss_percent);
  const Spent before = spent_by(cluster);
  const SteadyTime start = std::chrono::steady_clock::now();
  cluster.run_for(kCalm);
  const double seconds = milliseconds_since(start, std::chrono::steady_clock::now()) / 1000;
  burst.set_calm(before, spent_by(cluster), static_cast<double>(settings.nodes - 1) * seconds);
  lose_datagrams(0);
}

// A node stands still: its sockets stay open, and nobody reads them. All nodes are in this process.
nlohmann::json detect_silence(const Settings& settings) {
  Cluster cluster{settings};
  const std::size_t survivors = settings.nodes - 1;
  cluster.start_settled(survivors);
  Detection detection{settings};
  BurstSamples burst;
  measure_calm(cluster, settings, burst);
  for (std::size_t repeat = 0; repeat < settings.repeats; ++repeat) {
    const std::size_t victim = cluster.add_alone();
    const std::string name = cluster.name_of(victim);
    const bool is_seen =
        cluster.run_until([&] { return cluster.all_see(settings.nodes); }, kEverybodyLimit);
    if (!is_seen) detection.add_unconverged();
    lose_datagrams(settings.loss_percent);
    cluster.run_for(Detection::before_death(repeat));
    const SteadyTime death = std::chrono::steady_clock::now();
    cluster.halt(victim);
    const Spent before = spent_by(cluster);
    const bool is_known = cluster.run_until(
        [&] { return cluster.deaths().observers(name) >= survivors; }, kDetectLimit);
    detection.add(cluster.deaths(), name, death, is_known);
    cluster.run_for(kEchoes);
    burst.add(before, spent_by(cluster), survivors,
              milliseconds_since(death, std::chrono::steady_clock::now()) / 1000);
    lose_datagrams(0);
    cluster.close(victim);
  }
  nlohmann::json figures = detection.to_json(cluster.deaths());
  figures["burst_packets_per_node"] = burst.packets();
  return figures;
}

// Every node is a process, and one is killed by SIGKILL. Its kernel lives, and refuses.
nlohmann::json detect_process(const Settings& settings) {
  Processes processes{settings};
  const std::size_t survivors = settings.nodes - 1;
  processes.start_settled(survivors);
  Detection detection{settings};
  for (std::size_t repeat = 0; repeat < settings.repeats; ++repeat) {
    const std::size_t victim = processes.add();
    const std::string& name = processes.name_of(victim);
    const bool is_seen =
        processes.run_until([&] { return processes.all_see(settings.nodes); }, kEverybodyLimit);
    if (!is_seen) detection.add_unconverged();
    processes.lose_datagrams(settings.loss_percent);
    processes.run_for(Detection::before_death(repeat));
    const SteadyTime death = std::chrono::steady_clock::now();
    processes.kill(victim);
    const bool is_known = processes.run_until(
        [&] { return processes.deaths().observers(name) >= survivors; }, kDetectLimit);
    detection.add(processes.deaths(), name, death, is_known);
    processes.lose_datagrams(0);
  }
  return detection.to_json(processes.deaths());
}

}  // namespace

nlohmann::json detect(const Settings& settings) {
  return settings.death == "process" ? detect_process(settings) : detect_silence(settings);
}

}  // namespace gossamer::bench
