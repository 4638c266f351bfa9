// The demo is the measurement: the same processes, clients and faults. It is run as a program of
// its own, because a node that is killed takes its process with it.

#include <sys/wait.h>

#include <cstdio>
#include <filesystem>
#include <memory>

#include "give_up.hpp"
#include "scenarios.hpp"

namespace gossamer::bench {
namespace {

std::string output_of(const std::string& command) {
  std::FILE* pipe = ::popen(command.c_str(), "r");
  if (pipe == nullptr) give_up("cannot run " + command);
  std::string output;
  char buffer[4096];
  for (std::size_t got = 0; (got = std::fread(buffer, 1, sizeof(buffer), pipe)) > 0;) {
    output.append(buffer, got);
  }
  const int status = ::pclose(pipe);
  if (!WIFEXITED(status) || WEXITSTATUS(status) > 1) give_up(command + " did not end well");
  return output;
}

}  // namespace

nlohmann::json failover(const Settings& settings) {
  const auto here = std::filesystem::read_symlink("/proc/self/exe").parent_path();
  // About five seconds pass from one owner's death to the next.
  const std::size_t seconds = std::max<std::size_t>(10, settings.repeats * 6);
  const std::string output =
      output_of("'" + (here / "gossamer-demo").string() + "' --nodes " +
                std::to_string(settings.nodes) + " --seconds " + std::to_string(seconds) +
                " --state-mib " + std::to_string(settings.state_mib));
  const std::size_t line = output.rfind("\n{");
  const nlohmann::json told = nlohmann::json::parse(
      line == std::string::npos ? output : output.substr(line + 1), nullptr, false);
  if (told.is_discarded()) give_up("the demo gave no figures: " + output.substr(0, 500));
  return {{"scenario", "failover"},
          {"nodes", settings.nodes},
          {"encrypted", true},
          {"repeats", told.at("killed").get<int>() + told.at("paused").get<int>()},
          {"profile", "fast"},
          {"exclusivity", "fenced"},
          {"state_mb", told.at("state_mb")},
          {"detected_ms", told.at("detected_ms")},
          {"serving_again_ms", told.at("serving_again_ms")},
          {"acknowledged_writes", told.at("acknowledged_writes")},
          {"lost_writes", told.at("lost_writes")},
          {"stale_effects", told.at("stale_effects")}};
}

}  // namespace gossamer::bench
