#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "sim/simulation.hpp"

namespace gossamer::sim {

/// Many seeds of one scenario.
struct Campaign {
  std::string scenario{};
  std::uint32_t nodes = 5;
  std::uint64_t first_seed = 1;
  std::uint64_t seeds = 1;
  unsigned jobs = 1;
  bool keep_story = false;
  bool stop_at_first = true;  ///< Seeds above a failed one are not begun.
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
  std::vector<std::string> story{};  ///< Of the last seed.
};

/// Which seed this thread runs, for whoever must say so when the program aborts. 0: none.
std::uint64_t seed_of_this_thread() noexcept;

/// Requires: draw_scenario accepts the scenario and the nodes.
CampaignReport run_campaign(const Campaign& campaign);

}  // namespace gossamer::sim
