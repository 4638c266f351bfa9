#pragma once

#include <cstddef>
#include <cstdint>

namespace gossamer::bench {

// A network that loses datagrams, below everything that is measured: the linker puts it between the
// library and the system's sendto, sendmsg and sendmmsg. For the sender, what is lost was sent.
// Streams lose nothing.

/// From now on, of all nodes in this process. Any thread.
void lose_datagrams(std::size_t percent);
/// Since the process began.
std::uint64_t datagrams_lost();

}  // namespace gossamer::bench
