#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "seed_runner.hpp"
#include "sim/detection_run.hpp"
#include "sim/simulation.hpp"

namespace gossamer::sim {

/// Many seeds of one scenario.
struct Campaign {
  std::string scenario{};
  std::uint32_t nodes = 5;
  Seeds seeds{};
  bool keep_story = false;
  bool stop_at_first = true;      ///< Seeds above a failed one are not begun.
  DetectionSwitches detection{};  ///< For scenarios of detection.
  std::string detection_flags{};  ///< The same as they were given, for the line that replays.
};

/// A seed in which something did not hold.
struct Failure {
  std::uint64_t seed = 0;
  std::vector<std::string> violations{};
};

struct CampaignReport {
  std::uint64_t seeds_run = 0;
  std::vector<Failure> failures{};  ///< By seed.
  std::uint64_t fingerprint = 0;    ///< Of all fingerprints, in the order of the seeds.
  Duration virtual_time{};
  Figures figures{};
  DetectionFigures detection{};
  std::vector<std::string> story{};  ///< Of the last seed.
};

/// Whether such a campaign can be run. Errors: invalid_argument, with what is wrong.
Result<void> check(const Campaign& campaign);
/// Requires: check() found nothing.
CampaignReport run_campaign(const Campaign& campaign);
/// The line that plays a seed again.
std::string replay_line(const Campaign& campaign, std::uint64_t seed);

}  // namespace gossamer::sim
