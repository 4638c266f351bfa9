#pragma once

#include <cstddef>
#include <cstdint>

namespace gossamer::bench {

// A network that loses datagrams, below everything that is measured: the linker puts it between the
// library and the system's sendto, sendmsg and sendmmsg. For the sender, what is lost was sent.
//
// While it loses any, short frames on streams are lost too, for a stream is also how a probe is
// tried that was not answered by datagram, and on this machine no stream ever loses anything. What
// goes by stream because it is too long for a datagram passes.

/// From now on, of all nodes in this process. Any thread.
void lose_datagrams(std::size_t percent);
/// Since the process began.
std::uint64_t datagrams_lost();
std::uint64_t short_frames_lost();

}  // namespace gossamer::bench
