#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gossamer/ids.hpp"
#include "gossamer/result.hpp"

namespace gossamer {

/// One address as people write it for discovery: ADDRESS:PORT with a numeric address, or
/// localhost:PORT, which is 127.0.0.1. The port is not 0.
///
/// Errors: invalid_argument, saying which part was wrong.
Result<Endpoint> parse_seed(std::string_view text);

struct SeedText {
  std::vector<Endpoint> endpoints{};
  std::optional<Error> problem{};  ///< The first bad line, and how many more there are.
};

/// One address a line; `#` begins a comment, spaces around do not count. Bad lines do not spoil the
/// good ones. `source` names the text in `problem`, e.g. `file '/etc/seeds'`. At most `seeds_max`
/// addresses are taken; more are a problem too.
SeedText parse_seed_text(std::string_view text, const std::string& source, std::size_t seeds_max);

}  // namespace gossamer
