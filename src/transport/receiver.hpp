#pragma once

#include "base/link_event.hpp"
#include "gossamer/bytes.hpp"
#include "gossamer/ids.hpp"

namespace gossamer {

/// Is given what arrives from other nodes, on the loop thread. It may close the network, but not
/// destroy it.
struct Receiver {
  virtual ~Receiver() = default;
  /// `from` is where the datagram came from. The bytes are 8-byte aligned.
  virtual void on_datagram(const Endpoint& from, ByteView bytes) = 0;
  /// `from` is the peer's end of the connection: its address, and a port on which nobody listens.
  virtual void on_frame(const Endpoint& from, ByteView bytes) = 0;
  /// Of a Network::watch or knock at `peer`, as it was named there; never from inside of one.
  virtual void on_link(const Endpoint& peer, LinkEvent event) = 0;
};

}  // namespace gossamer
