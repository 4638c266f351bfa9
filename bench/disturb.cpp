// What looks like a death and is none: links that are reset, connects that are refused, and
// processes that are back at once.

#include <algorithm>
#include <numeric>
#include <random>

#include "figures.hpp"
#include "give_up.hpp"
#include "processes.hpp"
#include "progress.hpp"
#include "scenarios.hpp"

namespace gossamer::bench {
namespace {

// Nothing that is asked for takes so long, on however busy a machine.
constexpr std::chrono::seconds kRoundLimit{60};

// What the rounds of all repeats come to.
struct Outcome {
  std::size_t times = 0;
  std::size_t rounds = 0;
  std::size_t refused_connects = 0;
  std::size_t told_down = 0;
  std::size_t most_seen = 0;
  std::size_t clusters_not_whole = 0;
  std::uint64_t false_deaths = 0;
  double seconds = 0;
  Samples open_again;
  Samples all_see;
};

class Disturber {
 public:
  Disturber(const Settings& settings, Processes& processes, Outcome& outcome)
      : settings_(settings), processes_(processes), outcome_(outcome) {}

  /// Once; how many times that was.
  std::size_t disturb() {
    if (settings_.kind == "reset") return reset();
    if (settings_.kind == "refuse") return refuse();
    return restart();
  }

 private:
  std::size_t any() {
    return std::uniform_int_distribution<std::size_t>{0, settings_.nodes - 1}(random_);
  }
  std::vector<std::size_t> all_but(std::size_t one) {
    std::vector<std::size_t> others(settings_.nodes);
    std::iota(others.begin(), others.end(), 0);
    others.erase(others.begin() + static_cast<std::ptrdiff_t>(one));
    std::shuffle(others.begin(), others.end(), random_);
    return others;
  }

  // All of one member's at once, its watchers' and its own, as if it had died.
  std::size_t reset() {
    const std::size_t count = processes_.ask(any(), "reset");
    processes_.run_for(std::chrono::milliseconds{settings_.gap_ms});
    return count;
  }

  // Behind one firewall: who watches the member finds its link ended and its connects refused, and
  // so do others if there is room. The member is well, and answers everybody.
  std::size_t refuse() {
    const std::size_t victim = any();
    const std::string where = processes_.endpoint_of(victim);
    std::vector<std::size_t> place = all_but(victim);
    const auto end_of_watchers = std::partition(place.begin(), place.end(), [&](std::size_t other) {
      return processes_.ask(other, "links " + where) > 0;
    });
    const bool is_watched = end_of_watchers != place.begin();
    place.resize(settings_.places);
    std::size_t refused = 0;
    if (is_watched) {
      for (const std::size_t one : place) processes_.ask(one, "refuse " + where);
      for (const std::size_t one : place) processes_.ask(one, "reset " + where);
      processes_.run_for(std::chrono::milliseconds{settings_.hold_ms});
      for (const std::size_t one : place) refused += processes_.ask(one, "admit");
    }
    processes_.run_for(std::chrono::milliseconds{settings_.gap_ms});
    outcome_.refused_connects += refused;
    return refused > 0 ? 1 : 0;
  }

  // The machine is as it was, and the process is a new one.
  std::size_t restart() {
    const std::size_t victim = any();
    const std::string name = processes_.name_of(victim);
    const std::uint64_t told_before = processes_.deaths().events_of(name);
    processes_.deaths().dies(name);
    const SteadyTime death = std::chrono::steady_clock::now();
    processes_.restart(victim);
    outcome_.open_again.add(milliseconds_since(death, std::chrono::steady_clock::now()));
    if (!processes_.all_see_again(victim, kRoundLimit)) {
      give_up(name + " was started again, and after 60 s not all see all");
    }
    outcome_.all_see.add(milliseconds_since(death, std::chrono::steady_clock::now()));
    if (processes_.deaths().events_of(name) > told_before) ++outcome_.told_down;
    processes_.deaths().lives(name);
    processes_.run_for(std::chrono::milliseconds{settings_.gap_ms});
    return 1;
  }

  const Settings& settings_;
  Processes& processes_;
  Outcome& outcome_;
  std::minstd_rand random_{std::random_device{}()};
};

void disturb_all(const Settings& settings, Processes& processes, Outcome& outcome) {
  Disturber disturber{settings, processes, outcome};
  Progress progress{"disturb --kind " + settings.kind, settings.times};
  SteadyTime last = std::chrono::steady_clock::now();
  for (std::size_t times = 0; times < settings.times;) {
    const std::size_t more = disturber.disturb();
    const SteadyTime now = std::chrono::steady_clock::now();
    if (more > 0) last = now;
    if (now - last > kRoundLimit) give_up("for 60 s there was no link that could be disturbed");
    times += more;
    outcome.times += more;
    ++outcome.rounds;
    progress.tell(times, processes.deaths().false_events());
  }
}

nlohmann::json to_json(const Settings& settings, const Outcome& outcome) {
  nlohmann::json figures{{"scenario", "disturb"},
                         {"kind", settings.kind},
                         {"nodes", settings.nodes},
                         {"encrypted", !settings.is_insecure},
                         {"repeats", settings.repeats},
                         {"profile", settings.profile},
                         {"times", outcome.times},
                         {"rounds", outcome.rounds},
                         {"seconds", outcome.seconds},
                         {"false_deaths", outcome.false_deaths},
                         {"clusters_not_whole", outcome.clusters_not_whole},
                         {"most_members_seen", outcome.most_seen}};
  if (settings.kind == "refuse") {
    figures["places"] = settings.places;
    figures["refused_connects"] = outcome.refused_connects;
  }
  if (settings.kind == "restart") {
    figures["told_down"] = outcome.told_down;
    figures["open_again_ms"] = outcome.open_again.to_json();
    figures["all_see_ms"] = outcome.all_see.to_json();
  }
  return figures;
}

}  // namespace

nlohmann::json disturb(const Settings& settings) {
  const auto kind =
      settings.kind == "restart" ? Processes::Kind::restartable : Processes::Kind::for_one_life;
  Outcome outcome;
  for (std::size_t repeat = 0; repeat < settings.repeats; ++repeat) {
    Processes processes{settings, kind};
    processes.start_settled(settings.nodes);
    const SteadyTime start = std::chrono::steady_clock::now();
    disturb_all(settings, processes, outcome);
    outcome.seconds += milliseconds_since(start, std::chrono::steady_clock::now()) / 1000;
    processes.run_for(std::chrono::milliseconds{settings.after_ms});
    outcome.false_deaths += processes.deaths().false_events();
    if (!processes.all_see_all_now()) ++outcome.clusters_not_whole;
    outcome.most_seen = std::max(outcome.most_seen, processes.most_seen());
  }
  return to_json(settings, outcome);
}

}  // namespace gossamer::bench
