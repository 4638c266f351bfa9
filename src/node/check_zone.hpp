#pragma once

#include <string>

#include "gossamer/result.hpp"

namespace gossamer::node {

/// Of a member's zone, stated or asked for: at most 64 bytes, none of them a control character.
/// Errors: invalid_argument.
Result<void> check_zone(const std::string& zone);

}  // namespace gossamer::node
