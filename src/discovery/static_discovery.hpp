#pragma once

#include <memory>
#include <vector>

#include "gossamer/ids.hpp"
#include "gossamer/ports/discovery.hpp"

namespace gossamer {

/// Always answers `endpoints`.
std::unique_ptr<Discovery> make_static_discovery(std::vector<Endpoint> endpoints);

}  // namespace gossamer
