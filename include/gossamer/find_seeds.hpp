#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "gossamer/aws_options.hpp"
#include "gossamer/ids.hpp"
#include "gossamer/ports/discovery.hpp"
#include "gossamer/result.hpp"

namespace gossamer {

/// What one source of seeds answered.
struct SeedAnswer {
  std::string source{};
  Result<std::vector<Endpoint>> seeds{};
  /// All machines that it lists, and why those that are no seeds are none. Empty for sources that
  /// list only seeds.
  std::vector<Sighting> sightings{};
  std::optional<Error> problem{};  ///< With an answer that is one all the same.
};

/// Asks every source of `discovery_urls` once, without a node, on a loop of its own. Blocks for at
/// most about `timeout` (over a day counts as a day, less than 0 as 0); sources that are silent by
/// then have timed out.
/// Errors: invalid_argument (a URL), io.
Result<std::vector<SeedAnswer>> find_seeds(const std::vector<std::string>& discovery_urls,
                                           std::chrono::milliseconds timeout,
                                           const AwsOptions& aws = {});

}  // namespace gossamer
