#pragma once

#include "base/link_event.hpp"
#include "gossamer/bytes.hpp"
#include "gossamer/ids.hpp"

namespace gossamer {

/// Sends to other nodes, best effort. What arrives is given to Driver::on_datagram and on_frame,
/// and what comes of links to Driver::on_link. No call blocks, fails or calls back; a full socket
/// drops.
class Network {
 public:
  virtual ~Network() = default;
  /// At most 65,507 bytes; may be lost, doubled, late or out of order.
  virtual void send_datagram(const Endpoint& to, ByteView bytes) = 0;
  /// Over TCP: whole or not at all, in order for one destination while its connection lives.
  virtual void send_frame(const Endpoint& to, Bytes bytes) = 0;

  /// Keeps one connection to `peer` on which nothing is said: `opened` when it stands, then
  /// `closed` when it ends, or `unknown` if it is lost without a word; at once `refused` or
  /// `unknown` if it never stood. With the last of them the watch is over: the caller says whether
  /// there is to be another. Does nothing if `peer` is being watched.
  virtual void watch(const Endpoint& peer) = 0;
  /// Ends the watch. Nothing more is heard of it.
  virtual void unwatch(const Endpoint& peer) = 0;
  /// Connects once, and lets go at once: one of `opened`, `refused` and `unknown`. Does nothing
  /// while the answer of an earlier one at `peer` is awaited. A stopped process is `opened`: its
  /// kernel answers.
  virtual void knock(const Endpoint& peer) = 0;
};

}  // namespace gossamer
