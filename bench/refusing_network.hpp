#pragma once

#include <cstddef>

#include "gossamer/ids.hpp"

namespace gossamer::bench {

// A network that refuses this process's connects to some, as a firewall does that rejects by a
// reset: the linker puts it between the library and the system's connect, and the kernel is asked
// to connect to a port at which nobody listens. Datagrams pass. Any thread.

/// From now on, connects to there.
void refuse_connects(const Endpoint& to);
/// No longer any. How many were refused since.
std::size_t admit_connects();

}  // namespace gossamer::bench
