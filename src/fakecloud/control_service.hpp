#pragma once

#include "fakecloud/operation.hpp"
#include "fakecloud/parts.hpp"

namespace gossamer::fakecloud {

/// What scripts tell and ask the fake cloud, as JSON. Nobody has to sign: whoever reaches the
/// loopback port may do all.
Answer serve_control(Parts& parts, const Request& request, const Operation& operation);

}  // namespace gossamer::fakecloud
