#include <signal.h>

#include "figures.hpp"
#include "processes.hpp"
#include "scenarios.hpp"

namespace gossamer::bench {
namespace {

// What a process that has just been woken makes of its lateness is waited for.
constexpr std::chrono::seconds kAfterwards{5};

void pause_in_step(Processes& processes, std::size_t from, const Settings& settings) {
  const auto signal_all = [&](int number) {
    for (std::size_t i = from; i < settings.nodes; ++i) processes.signal(i, number);
  };
  const SteadyTime end =
      std::chrono::steady_clock::now() +
      std::chrono::milliseconds{static_cast<std::int64_t>(settings.seconds * 1000)};
  while (std::chrono::steady_clock::now() < end) {
    signal_all(SIGSTOP);
    processes.run_for(std::chrono::milliseconds{settings.blocked_ms});
    signal_all(SIGCONT);
    processes.run_for(std::chrono::milliseconds{settings.running_ms});
  }
}

}  // namespace

nlohmann::json paused(const Settings& settings) {
  std::uint64_t false_deaths = 0;
  std::uint64_t seen_by_healthy = 0;
  std::size_t found_count = 0;
  double seconds = 0;
  Samples found;
  for (std::size_t repeat = 0; repeat < settings.repeats; ++repeat) {
    Processes processes{settings};
    processes.start_settled(settings.nodes);
    Names stopped;
    const std::size_t from = settings.nodes - settings.blocked;
    for (std::size_t i = from; i < settings.nodes; ++i) stopped.insert(processes.name_of(i));
    const SteadyTime start = std::chrono::steady_clock::now();
    pause_in_step(processes, from, settings);
    seconds += milliseconds_since(start, std::chrono::steady_clock::now()) / 1000;
    processes.run_for(kAfterwards);
    false_deaths += processes.deaths().events_except(stopped);
    seen_by_healthy += processes.deaths().pairs_except(stopped);
    for (const std::string& name : stopped) {
      if (const auto span = processes.deaths().span(name)) {
        found.add(milliseconds_since(start, span->first));
        ++found_count;
      }
    }
  }
  return {{"scenario", "paused"},
          {"nodes", settings.nodes},
          {"encrypted", !settings.is_insecure},
          {"repeats", settings.repeats},
          {"profile", settings.profile},
          {"blocked", settings.blocked},
          {"blocked_ms", settings.blocked_ms},
          {"running_ms", settings.running_ms},
          {"seconds", seconds},
          {"false_deaths", false_deaths},
          {"false_deaths_seen_by_healthy", seen_by_healthy},
          {"found_ms", found.to_json()},
          {"found", found_count}};
}

}  // namespace gossamer::bench
