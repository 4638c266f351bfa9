// gossamer-sim: plays scenarios from seeds, and says how to play a failure again.

#include <fmt/format.h>
#include <sys/resource.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

#include "campaign.hpp"
#include "detection_flags.hpp"
#include "report_text.hpp"

namespace {

using gossamer::sim::Campaign;
using gossamer::sim::CampaignReport;
using gossamer::sim::Failure;

constexpr int kExitViolated = 1;
constexpr int kExitUsage = 2;

constexpr const char* kExamples = R"(Examples:
  gossamer-sim run --scenario mix --nodes 20 --seed 77
  gossamer-sim run --scenario mix --nodes 20 --seed 1 --seeds 500 --jobs 2
  gossamer-sim run --scenario failover --nodes 5 --seed 3 --json
  gossamer-sim run --scenario partition --nodes 7 --seed 12 --story
  gossamer-sim run --scenario lifeguard --nodes 128 --blocked 16 --protocol swim --seeds 8 --json
  gossamer-sim run --scenario detect --nodes 100 --without ring --seeds 20 --json

Exits 0 if every invariant held, else 1 with one line that plays the failure again; 2 if it was
called wrongly.)";

// A broken invariant inside of a node aborts the program. Whoever reads that wants the seed too.
// Prepared before the run: a signal handler may neither allocate nor format.
char abort_prefix[160];

void on_abort(int) {
  char line[200];
  std::size_t size = 0;
  for (const char* at = abort_prefix; *at != '\0' && size < sizeof(line) - 24; ++at)
    line[size++] = *at;
  char digits[20];
  std::size_t count = 0;
  std::uint64_t seed = gossamer::sim::seed_of_this_thread();
  do {
    digits[count++] = static_cast<char>('0' + seed % 10);
    seed /= 10;
  } while (seed > 0);
  while (count > 0) line[size++] = digits[--count];
  line[size++] = '\n';
  if (write(STDERR_FILENO, line, size) < 0) _exit(kExitViolated);
  _exit(kExitViolated);
}

void prepare_abort(const Campaign& campaign) {
  const std::string prefix =
      fmt::format("aborted; replay: gossamer-sim run --scenario {} --nodes {} --seed ",
                  campaign.scenario, campaign.nodes);
  std::snprintf(abort_prefix, sizeof(abort_prefix), "%s", prefix.c_str());
  std::signal(SIGABRT, on_abort);
}

double rss_mib() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_maxrss) / 1024;
}

// Standard error may be gone, which must not cost what the run has found.
void tell(const std::string& line) {
  std::fputs((line + "\n").c_str(), stderr);
}

int play(const Campaign& campaign, bool is_json, bool is_seed_given) {
  if (const auto possible = gossamer::sim::check(campaign); !possible) {
    fmt::print(stderr, "gossamer-sim: {}\n", possible.error().detail);
    return kExitUsage;
  }
  if (!is_seed_given && !is_json) fmt::print("seed 1 (give another with --seed)\n");
  prepare_abort(campaign);
  const auto begun = std::chrono::steady_clock::now();
  const CampaignReport report = run_campaign(campaign);
  const std::chrono::duration<double> wall = std::chrono::steady_clock::now() - begun;
  for (const std::string& line : report.story) tell(line);
  for (const Failure& failure : report.failures) {
    tell(fmt::format("violated: {}; replay: {}", failure.violations.front(),
                     gossamer::sim::replay_line(campaign, failure.seed)));
  }
  if (is_json) {
    fmt::print("{}\n", to_json(campaign, report, wall.count(), rss_mib()));
  } else {
    fmt::print("{}\n", to_summary(campaign, report, wall.count(), rss_mib()));
  }
  return report.failures.empty() ? 0 : kExitViolated;
}

std::string scenario_list() {
  std::string text = "Scenarios:\n";
  for (const std::string_view name : gossamer::sim::scenario_names()) {
    text += fmt::format("  {:<14} {}\n", name, gossamer::sim::scenario_summary(name));
  }
  text += "\nScenarios of detection, without services:\n";
  for (const std::string_view name : gossamer::sim::detection_scenario_names()) {
    text += fmt::format("  {:<14} {}\n", name, gossamer::sim::detection_scenario_summary(name));
  }
  return text;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app{"Simulates whole gossamer clusters, deterministically, from one seed."};
  app.require_subcommand(1);
  app.footer(scenario_list() + "\n" + kExamples);

  Campaign campaign;
  bool is_json = false;
  bool keeps_going = false;
  CLI::App* run = app.add_subcommand("run", "Play one scenario for one seed or many");
  run->footer(scenario_list() + "\n" + kExamples);
  run->add_option("--scenario", campaign.scenario, "Which one; see below")->required();
  run->add_option("--nodes", campaign.nodes,
                  "Machines in the cluster, 1 to 2000; 2 to 20000 for detection")
      ->capture_default_str();
  CLI::Option* seed =
      run->add_option("--seed", campaign.seeds.first, "Draws everything; the first of --seeds")
          ->capture_default_str();
  run->add_option("--seeds", campaign.seeds.count, "How many seeds, counted up from --seed")
      ->check(CLI::Range(std::uint64_t{1}, std::uint64_t{100'000'000}))
      ->capture_default_str();
  run->add_option("--jobs", campaign.seeds.jobs, "Seeds played at the same time")
      ->check(CLI::Range(1U, 256U))
      ->capture_default_str();
  run->add_flag("--json", is_json, "One line of JSON on standard output");
  run->add_flag("--story", campaign.keep_story, "Tell what happened, on standard error");
  run->add_flag("--keep-going", keeps_going, "Play all seeds even if one fails");
  gossamer::sim::add_detection_flags(*run, campaign.detection);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() != 0 && argc > 1 && argv[1][0] != '-' &&
        std::string_view{argv[1]} != "run") {
      fmt::print(stderr, "gossamer-sim: there is no command '{}'; there is run (see --help)\n",
                 argv[1]);
      return kExitUsage;
    }
    const int code = app.exit(error);
    return code == 0 ? 0 : kExitUsage;
  }
  campaign.stop_at_first = !keeps_going;
  campaign.detection_flags = gossamer::sim::given_detection_flags(*run);
  return play(campaign, is_json, seed->count() > 0);
}
