#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "gossamer/result.hpp"
#include "sim/figures.hpp"
#include "sim/scenario.hpp"

namespace gossamer::sim {

/// What became of one run.
struct Report {
  std::vector<std::string> violations{};  ///< The first is the one that counts.
  std::uint64_t fingerprint = 0;
  Duration virtual_time{};
  Figures figures{};
  std::vector<std::string> story{};  ///< Only if asked for.
};

struct RunOptions {
  bool keep_story = false;
};

/// Plays one scenario: a cluster forms, a service is deployed, clients write, things go wrong; then
/// all heals, and in the end everybody must agree and nothing acknowledged may be lost. Ends at the
/// first violation. Equal arguments give equal reports. **Threads**: any; runs share nothing.
Report run(const Scenario& scenario, const RunOptions& options = {});

/// The line that plays a seed again.
std::string replay_line(std::string_view scenario, std::uint32_t nodes, std::uint64_t seed);

}  // namespace gossamer::sim
