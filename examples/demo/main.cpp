// Kills and freezes the owners of a service again and again, and counts what was lost.

#include <CLI/CLI.hpp>
#include <cstdio>
#include <filesystem>
#include <random>

#include "demo.hpp"

int main(int argc, char** argv) {
  gossamer::demo::Settings settings;
  settings.program =
      (std::filesystem::read_symlink("/proc/self/exe").parent_path() / "gossamer").string();
  settings.seed = std::random_device{}();
  CLI::App app{"Nodes die and stand still while clients write; nothing acknowledged may be lost.",
               "gossamer-demo"};
  app.add_option("--nodes", settings.nodes, "How many nodes")
      ->check(CLI::Range(3, 50))
      ->capture_default_str();
  app.add_option("--seconds", settings.seconds, "How long things happen to them")
      ->check(CLI::Range(10, 3600))
      ->capture_default_str();
  app.add_option(
      "--object-store", settings.object_store,
      "Where journals and frozen state live, and nothing else yet; default: a directory");
  std::string discovery = "file";
  app.add_option("--discover", discovery,
                 "How the nodes find each other: by a file, or by the tag of their "
                 "machines in a cloud on this machine")
      ->check(CLI::IsMember({"file", "ec2"}))
      ->capture_default_str();
  app.add_option("--state-mib", settings.state_mib, "What the ledger holds besides, in MiB")
      ->check(CLI::Range(0, 64))
      ->capture_default_str();
  app.add_option("--seed", settings.seed, "Of the order in which they happen");
  app.add_option("--gossamer", settings.program, "The program that is run")->capture_default_str();
  app.add_flag("--keep", settings.keeps_files, "Leave logs, stores and objects where they are");
  app.footer(
      "Exit status: 0 only if nothing acknowledged was lost and no stale owner had an effect.");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() == 0) return app.exit(error);
    std::fprintf(stderr, "gossamer-demo: %s (see --help)\n", error.what());
    return 2;
  }
  settings.has_cloud = discovery == "ec2";
  gossamer::demo::Demo demo{settings};
  const auto result = demo.run();
  if (!result) {
    std::fprintf(stderr, "gossamer-demo: %s\n", result.error().detail.c_str());
    return 1;
  }
  return *result ? 0 : 1;
}
