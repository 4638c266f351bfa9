// gossamer-bench: what gossamer costs and how fast it is, on real sockets on this machine.

#include <CLI/CLI.hpp>

#include <iostream>

#include "peer.hpp"
#include "s3.hpp"
#include "scenarios.hpp"

namespace {

constexpr const char* kExamples = R"(
Examples:
  gossamer-bench join --nodes 50 --json
  gossamer-bench steady --nodes 100 --seconds 20 --repeats 3 --json
  gossamer-bench detect --nodes 50 --death silence --json
  gossamer-bench failover --nodes 5 --json
  gossamer-bench rotate --nodes 50 --repeats 2 --json
  gossamer-bench junk --nodes 10 --packets 1000000 --json
  gossamer-bench s3 --url 's3://bucket/prefix?region=eu-west-1' --json
  gossamer-bench steady --nodes 100 --peer memberlist --json

With --peer a rival runs the scenario; join, steady, detect, rumour, updates, loss and paused.
One JSON object on standard output. Times are in milliseconds as {"min","p50","p99","max"} over
the repeats. Figures drift between runs on a shared machine: compare ratios of one run.
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
  if (std::string_view{name} == "steady" || std::string_view{name} == "detect") {
    command->add_flag("--insecure", settings.is_insecure, "With the key that everybody knows");
  }
  if (std::string_view{name} == "junk") {
    command->add_option("--packets", settings.packets, "How many in all")->check(CLI::Range(1, 100'000'000));
    command->add_option("--rate", settings.packets_per_s, "How many a second")->check(CLI::Range(1, 10'000'000));
  }
  if (std::string_view{name} == "failover") {
    command->add_option("--state-mib", settings.state_mib, "What the service holds")->check(CLI::Range(0, 64));
  }
  command->callback([&chosen, run] { chosen = run; });
}

void add_s3(CLI::App& app, gossamer::bench::S3Settings& settings, bool& is_json) {
  CLI::App* command = app.add_subcommand(
      "s3", "Transfers of objects, with the credentials that the AWS tools would find");
  command->add_option("--url", settings.url, "s3://BUCKET/PREFIX with parameters")->required();
  command->add_option("--work", settings.work, "What to do; all in this order if not said")
      ->check(CLI::IsMember({"put-big", "get-big", "put-small", "get-small", "all"}));
  command->add_option("--big-mib", settings.big_mib, "Size of a large object")
      ->check(CLI::Range(1, 4096));
  command->add_option("--big-parallel", settings.big_parallel, "How many large ones, all at once")
      ->check(CLI::Range(1, 64));
  command->add_option("--small-count", settings.small_count, "How many small ones")
      ->check(CLI::Range(1, 1'000'000));
  command->add_option("--small-parallel", settings.small_parallel, "How many small ones at once")
      ->check(CLI::Range(1, 256));
  command->add_flag("--json", is_json, "One JSON object: it is never anything else");
}

}  // namespace

int main(int argc, char** argv) {
  if (const std::optional<int> status = gossamer::bench::become_peer(argc, argv)) return *status;
  CLI::App app{"Measures gossamer on real sockets."};
  app.footer(kExamples);
  app.require_subcommand(1);
  gossamer::bench::Settings settings;
  gossamer::bench::S3Settings s3_settings;
  Run chosen = nullptr;
  add_s3(app, s3_settings, settings.is_json);
  add_scenario(app, settings, chosen, "join", "Nodes that know one seed find each other", gossamer::bench::join);
  add_scenario(app, settings, chosen, "steady", "What a node costs while nothing changes", gossamer::bench::steady);
  add_scenario(app, settings, chosen, "detect", "How soon a death is known", gossamer::bench::detect);
  add_scenario(app, settings, chosen, "failover", "How soon a killed owner's service serves again", gossamer::bench::failover);
  add_scenario(app, settings, chosen, "rotate", "A change of the key under load", gossamer::bench::rotate);
  add_scenario(app, settings, chosen, "junk", "Packets of somebody without the key", gossamer::bench::junk);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  }
  const nlohmann::json result =
      chosen == nullptr ? gossamer::bench::s3(s3_settings) : chosen(settings);
  std::cout << result.dump() << std::endl;
  return 0;
}
