#pragma once

#include <cstdint>

namespace gossamer {

/// What came of watching or knocking at a peer's port.
enum class LinkEvent : std::uint8_t {
  opened,   ///< Somebody listens there. Of a watch: the link stands from here on.
  closed,   ///< A standing link has ended, and not by this node: its process ended, or let it go.
  refused,  ///< Nobody listens there, or somebody on the way says so.
  unknown,  ///< No answer in time, no route, no descriptor: tells nothing of the peer.
};

}  // namespace gossamer
