#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace gossamer::journal {

struct SwarmResult {
  std::vector<std::string> violations{};
  std::map<std::string, int> marks{};
  std::uint64_t fingerprint = 0;
  std::size_t acknowledged = 0;
  std::size_t epochs = 0;
};

/// One run drawn from the seed: which faults there are, how many nodes, who claims, writes,
/// freezes, crashes, undeploys and when. Then the faults stop, and one node must get the unit going
/// again.
SwarmResult run_swarm(std::uint64_t seed);

}  // namespace gossamer::journal
