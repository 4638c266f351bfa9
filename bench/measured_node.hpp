#pragma once

#include <string>

#include "gossamer/options.hpp"
#include "settings.hpp"

namespace gossamer::bench {

/// How every node is opened that is measured: on loopback, at a port that the kernel picks, sealed
/// with a key that protects nothing, and with nothing on disk. `seed` is where the first one is;
/// empty for the first itself.
NodeOptions measured_node(const Settings& settings, const std::string& name,
                          const std::string& seed);

}  // namespace gossamer::bench
