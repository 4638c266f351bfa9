#pragma once

#include "gossamer/ids.hpp"
#include "gossamer/result.hpp"

namespace gossamer::node {

/// What others are told, from what was bound: a wildcard is replaced by this machine's first
/// address of that family that is not loopback, or by loopback if there is none.
Result<Endpoint> reachable_endpoint(const Endpoint& bound);

}  // namespace gossamer::node
