#pragma once

#include <CLI/CLI.hpp>
#include <string>

#include "sim/detection_plan.hpp"

namespace gossamer::sim {

/// The options of the detection study on the command line.
void add_detection_flags(CLI::App& command, DetectionSwitches& switches);
/// Those that were given, as they would be given again.
std::string given_detection_flags(const CLI::App& command);

}  // namespace gossamer::sim
