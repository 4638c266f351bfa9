#pragma once

#include <cstddef>
#include <memory>

#include "gossamer/ids.hpp"
#include "gossamer/result.hpp"
#include "ports/network.hpp"
#include "transport/bound_sockets.hpp"
#include "transport/datagram_socket.hpp"
#include "transport/frame_listener.hpp"
#include "transport/frame_sender.hpp"
#include "transport/network_limits.hpp"
#include "transport/peer_addresses.hpp"
#include "transport/receiver.hpp"
#include "transport/standing_links.hpp"
#include "transport/uv_clock.hpp"
#include "transport/uv_loop.hpp"

namespace gossamer {

/// Datagrams over UDP and frames over TCP, on one address and port; and links to peers' ports.
///
/// A frame is a big-endian length of 4 bytes and that many bytes; what is in it is the receiver's
/// affair, and so is whom to believe.
///
/// **Threads**: the loop thread only.
/// **Lifetime**: `loop` and `receiver` outlive it. It may be closed, but not destroyed, inside a
/// call of the receiver.
class UvNetwork final : public Network {
 public:
  using Receiver = ::gossamer::Receiver;

  /// Port 0 picks one that is free for both.
  ///
  /// Errors: invalid_argument if the address is not numeric; io, naming address and port, with the
  /// system's words, e.g. if the port is in use.
  static Result<std::unique_ptr<UvNetwork>> open(UvLoop& loop, const Endpoint& bind,
                                                 Receiver& receiver,
                                                 const NetworkLimits& limits = {});
  ~UvNetwork() override { close(); }

  void send_datagram(const Endpoint& to, ByteView bytes) override;
  void send_frame(const Endpoint& to, Bytes bytes) override;
  void watch(const Endpoint& peer) override;
  void unwatch(const Endpoint& peer) override;
  void knock(const Endpoint& peer) override;

  /// Gives the receiver all that the kernel holds now, up to about `datagrams_max` datagrams. To be
  /// called before due timers are run: libuv runs timers before it reads, so after a stall they
  /// would judge peers by answers that lie unread. Returns the count of datagrams. Does nothing
  /// inside a call of the receiver.
  std::size_t poll_now(std::size_t datagrams_max = 4096);

  /// As bound, with the port that was picked.
  const Endpoint& endpoint() const noexcept { return endpoint_; }
  NetworkCounters counters() const;
  std::size_t outgoing_connections() const noexcept { return sender_.connection_count(); }
  std::size_t incoming_connections() const noexcept { return listener_.connection_count(); }
  /// Of the incoming ones.
  std::size_t incoming_links() const noexcept { return listener_.link_count(); }
  std::size_t outgoing_links() const noexcept { return links_.link_count(); }

  /// Idempotent. The port is free at once, nothing is received or sent from here on, and queued
  /// frames are dropped.
  void close();

 private:
  UvNetwork(UvLoop& loop, const SocketAddress& address, Receiver& receiver,
            const NetworkLimits& limits);

  const Endpoint endpoint_;
  UvClock clock_;
  NetworkCounters counters_;
  PeerAddresses peers_;
  DatagramSocket datagrams_;
  FrameListener listener_;
  FrameSender sender_;
  StandingLinks links_;
};

}  // namespace gossamer
