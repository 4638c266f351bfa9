#pragma once

#include <cstddef>
#include <cstdint>

#include "base/instant.hpp"
#include "transport/address_ranges.hpp"

namespace gossamer {

/// The bounds of a UvNetwork. What happens at each is counted in NetworkCounters.
struct NetworkLimits {
  /// Nobody else is heard, nor sent to.
  AddressRanges peers{};

  /// Asked for, in each direction of the datagram socket; the kernel gives what it allows.
  int socket_buffer_bytes = 4 * 1024 * 1024;

  /// 16 MiB and what sealing adds. A longer frame is not sent; one announced ends its connection.
  std::size_t frame_bytes_max = 16 * 1024 * 1024 + 4096;

  // Outgoing connections, one for each destination.

  std::size_t destinations_max = 256;
  Duration connect_timeout = std::chrono::seconds{3};
  /// Of a connection with nothing to send, and of one whose peer has stopped reading.
  Duration outgoing_idle_timeout = std::chrono::seconds{10};
  /// A frame is dropped if so much waits for its destination already; so at most this and one frame
  /// are queued there.
  std::size_t queue_bytes_max = 4 * 1024 * 1024;
  std::size_t queue_frames_max = 256;
  /// Over all destinations.
  std::size_t queued_bytes_max = 64 * 1024 * 1024;

  // Standing links and knocks. One more than may be is answered with `unknown`.

  std::size_t watches_max = 16;
  std::size_t knocks_max = 64;  ///< At once.
  Duration link_connect_timeout = std::chrono::seconds{1};

  // Incoming connections.

  // An address here is what counted_as() makes of it, but one that this node sends to is itself.

  /// One more takes the place of the longest silent or slowest, of the address that holds most.
  std::size_t incoming_max = 256;
  /// Of them, of addresses that this node has not sent to.
  std::size_t incoming_strangers_max = 192;
  std::size_t incoming_per_address_max = 32;
  /// Before a byte is read. High enough for many nodes behind one address that start together.
  std::size_t incoming_per_address_per_second_max = 1000;
  /// From connecting to the first frame's first byte; and from a frame's first byte to its last,
  /// to which what has arrived of it adds time, at `frame_bytes_per_second_min`. What was announced
  /// adds nothing.
  Duration frame_timeout = std::chrono::seconds{5};
  std::size_t frame_bytes_per_second_min = 1024 * 1024;
  /// Between two frames.
  Duration incoming_idle_timeout = std::chrono::seconds{30};
  /// Who says nothing for `frame_timeout` is a standing link if this node sends to its address, and
  /// stays; these are beside those of `incoming_max`. One more ends as a stranger does.
  std::size_t incoming_links_max = 64;
  std::size_t incoming_links_per_address_max = 8;
  /// Of unfinished frames over all connections, not counting the first 64 KiB of each.
  std::size_t buffered_bytes_max = 64 * 1024 * 1024;
};

/// What a UvNetwork has done, since it was opened.
struct NetworkCounters {
  std::uint64_t datagrams_sent = 0;
  std::uint64_t datagrams_received = 0;
  std::uint64_t datagram_bytes_sent = 0;
  std::uint64_t datagram_bytes_received = 0;
  std::uint64_t datagrams_dropped_full = 0;  ///< The socket's send buffer had no room.
  std::uint64_t datagrams_dropped_failed =
      0;  ///< The system refused: no route, too long, bad address.
  std::uint64_t datagrams_lost_by_kernel = 0;  ///< Arrived, but nobody had read those before them.

  std::uint64_t datagrams_outside = 0;  ///< To or from addresses that are not in `peers`.

  std::uint64_t frames_sent = 0;  ///< Handed to the kernel whole.
  std::uint64_t frames_received = 0;
  std::uint64_t frame_bytes_sent = 0;
  std::uint64_t frame_bytes_received = 0;
  std::uint64_t frames_dropped_full = 0;    ///< A queue or the table of destinations was full.
  std::uint64_t frames_dropped_failed = 0;  ///< Their connection failed, or they were too long.

  std::uint64_t links_opened = 0;  ///< Watches that stood.
  std::uint64_t links_ended = 0;   ///< Of them, those that ended without this node's doing.
  std::uint64_t knocks = 0;        ///< Connects that were tried.

  std::uint64_t connects_failed = 0;
  std::uint64_t incoming_accepted = 0;
  std::uint64_t incoming_refused = 0;    ///< The system could not watch it.
  std::uint64_t incoming_too_often = 0;  ///< More of one address in a second than may be.
  std::uint64_t incoming_outside = 0;    ///< From addresses that are not in `peers`.
  std::uint64_t incoming_evicted = 0;    ///< Made room for a new one.
  std::uint64_t incoming_timed_out = 0;
  std::uint64_t incoming_links = 0;      ///< Silent ones of peers that were let stay.
  std::uint64_t incoming_malformed = 0;  ///< Announced a frame that is empty or too long.
  std::uint64_t incoming_no_memory = 0;  ///< Unfinished frames were at their bound.
};

}  // namespace gossamer
