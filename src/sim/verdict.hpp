#pragma once

#include <functional>
#include <string>

namespace gossamer::sim {

/// Where a checker says that an invariant did not hold.
using Complain = std::function<void(std::string)>;

}  // namespace gossamer::sim
