#pragma once

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "s3.hpp"
#include "settings.hpp"

namespace gossamer::bench {

/// The arguments of gossamer-bench, and what they choose.
class CommandLine {
 public:
  CommandLine();
  CommandLine(const CommandLine&) = delete;
  CommandLine& operator=(const CommandLine&) = delete;

  /// The exit status if there is nothing to run: help, or a wrong use, which has been told.
  std::optional<int> parse(int argc, char** argv);
  /// Runs the scenario that was chosen.
  nlohmann::json run();

 private:
  using Run = nlohmann::json (*)(const Settings&);
  CLI::App& add(const char* name, const char* what, Run scenario, Settings by_default = {});
  void add_membership_scenarios();
  void add_news_scenarios();
  void add_fault_scenarios();
  void add_other_scenarios();
  void add_s3();
  // Options that several have.
  void take_profile(CLI::App& command);
  void take_probe_interval(CLI::App& command);
  void take_loops(CLI::App& command);
  void take_settle(CLI::App& command);
  void take_seconds(CLI::App& command);
  void take_insecure(CLI::App& command);
  void take_loss(CLI::App& command);
  std::optional<std::string> wrong_together() const;
  bool has_scenario(const std::string& name) const;

  CLI::App app_{"Measures gossamer on real sockets."};
  Settings settings_;
  S3Settings s3_settings_;
  Run chosen_ = nullptr;
};

}  // namespace gossamer::bench
