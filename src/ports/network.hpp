#pragma once

#include "gossamer/bytes.hpp"
#include "gossamer/ids.hpp"

namespace gossamer {

/// Sends to other nodes, best effort. What arrives is given to Driver::on_datagram and on_frame.
/// Neither call blocks, fails or calls back; a full socket drops.
class Network {
 public:
  virtual ~Network() = default;
  /// At most 65,507 bytes; may be lost, doubled, late or out of order.
  virtual void send_datagram(const Endpoint& to, ByteView bytes) = 0;
  /// Over TCP: whole or not at all, in order for one destination while its connection lives.
  virtual void send_frame(const Endpoint& to, Bytes bytes) = 0;
};

}  // namespace gossamer
