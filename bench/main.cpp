// gossamer-bench: what gossamer costs and how fast it is, on real sockets on this machine.

#include <CLI/CLI.hpp>

#include <iostream>

#include "scenarios.hpp"

namespace {

constexpr const char* kExamples = R"(
Examples:
  gossamer-bench join --nodes 50 --json
  gossamer-bench steady --nodes 100 --seconds 20 --repeats 3 --json
  gossamer-bench detect --nodes 50 --death silence --json
  gossamer-bench failover --nodes 5 --json

One JSON object on standard output. Times are in milliseconds as {"p50","p99","max"} over the
repeats. Figures drift between runs on a shared machine: compare ratios of one run.
)";

using Run = nlohmann::json (*)(const gossamer::bench::Settings&);

void add_scenario(CLI::App& app, gossamer::bench::Settings& settings, Run& chosen, const char* name,
                  const char* what, Run run) {
  CLI::App* command = app.add_subcommand(name, what);
  command->add_option("--nodes", settings.nodes, "How many nodes")->check(CLI::Range(2, 1000));
  command->add_option("--repeats", settings.repeats, "How often")->check(CLI::Range(1, 1000));
  if (std::string_view{name} != "failover") {
    command->add_option("--profile", settings.profile, "Detection profile")
        ->check(CLI::IsMember({"fast", "default", "calm"}));
  }
  command->add_flag("--json", settings.is_json, "One JSON object: it is never anything else");
  if (std::string_view{name} == "steady") {
    command->add_option("--seconds", settings.seconds, "Length of each window")->check(CLI::Range(1, 600));
  }
  if (std::string_view{name} == "detect") {
    command->add_option("--death", settings.death, "How a node dies: its process ends, or it falls silent")
        ->check(CLI::IsMember({"process", "silence"}));
  }
  if (std::string_view{name} == "failover") {
    command->add_option("--state-mib", settings.state_mib, "What the service holds")->check(CLI::Range(0, 64));
  }
  command->callback([&chosen, run] { chosen = run; });
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app{"Measures gossamer on real sockets."};
  app.footer(kExamples);
  app.require_subcommand(1);
  gossamer::bench::Settings settings;
  Run chosen = nullptr;
  add_scenario(app, settings, chosen, "join", "Nodes that know one seed find each other", gossamer::bench::join);
  add_scenario(app, settings, chosen, "steady", "What a node costs while nothing changes", gossamer::bench::steady);
  add_scenario(app, settings, chosen, "detect", "How soon a death is known", gossamer::bench::detect);
  add_scenario(app, settings, chosen, "failover", "How soon a killed owner's service serves again", gossamer::bench::failover);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  }
  std::cout << chosen(settings).dump() << std::endl;
  return 0;
}
