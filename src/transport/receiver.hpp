#pragma once

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
};

}  // namespace gossamer
