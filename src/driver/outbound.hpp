#pragma once

#include <deque>
#include <vector>

#include "driver/counters.hpp"
#include "driver/key_choice.hpp"
#include "driver/version_choice.hpp"
#include "gossip/entry.hpp"
#include "ports/clock.hpp"
#include "ports/network.hpp"
#include "wire/frame.hpp"
#include "wire/packet.hpp"

namespace gossamer::driver {

/// The way out: encode, seal, send. And the first rule, durable before sent: while a write that
/// others may come to rely on is not durable yet, packets wait here, in order.
class Outbound {
 public:
  Outbound(Network& network, Clock& clock, wire::Sealer& sealer, const KeyChoice& key_choice,
           const VersionChoice& version_choice, Counters& counters, std::size_t datagram_bytes_max)
      : network_(network),
        clock_(clock),
        sealer_(sealer),
        key_choice_(key_choice),
        version_choice_(version_choice),
        counters_(counters),
        datagram_bytes_max_(datagram_bytes_max) {}

  /// A packet too large for a datagram goes by stream.
  void send(const Endpoint& to, bool by_stream, wire::Message message,
            const std::vector<gossip::Entry>& entries);

  void hold() { ++holds_; }
  void release();

  /// Bytes of statements that fit into a datagram beside a message.
  std::size_t ride_along_bytes() const {
    return datagram_bytes_max_ - wire::kFrameOverheadBytes - wire::kPacketOverheadBytes;
  }

 private:
  struct Held {
    Endpoint to;
    bool by_stream;
    wire::Version version;
    Bytes payload;
  };
  void send_payload(const Endpoint& to, bool by_stream, wire::Version version, ByteView payload);

  static constexpr std::size_t kHeldMax = 1024;

  Network& network_;
  Clock& clock_;
  wire::Sealer& sealer_;
  const KeyChoice& key_choice_;
  const VersionChoice& version_choice_;
  Counters& counters_;
  std::size_t datagram_bytes_max_;
  std::size_t holds_ = 0;
  std::deque<Held> held_;
};

}  // namespace gossamer::driver
