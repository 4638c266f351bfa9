#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>

#include "base/instant.hpp"
#include "gossamer/bytes.hpp"
#include "gossamer/ids.hpp"
#include "ports/clock.hpp"
#include "transport/connection_sweep.hpp"
#include "transport/frame_reader.hpp"
#include "transport/network_limits.hpp"
#include "transport/socket_address.hpp"
#include "transport/uv_socket.hpp"

namespace gossamer {

/// The outgoing half of a UvNetwork's TCP: a connection and a queue for each destination, made when
/// needed and kept while used. Frames flow one way on a connection; nothing is ever read from it
/// but its end.
class FrameSender {
 public:
  /// Connections leave from `local`, unless it is any address.
  FrameSender(UvLoop& loop, Clock& clock, const SocketAddress& local, const NetworkLimits& limits,
              NetworkCounters& counters);

  /// Queues or drops, and counts.
  void send(const Endpoint& to, Bytes bytes);
  std::size_t connection_count() const noexcept { return connections_.size(); }
  std::size_t queued_bytes() const noexcept { return queued_bytes_; }
  void close();

 private:
  struct Frame {
    std::array<std::uint8_t, kFrameLengthBytes> length{};
    Bytes bytes{};
    std::size_t size() const noexcept { return length.size() + bytes.size(); }
  };
  struct Connection {
    UvSocket socket{};
    bool is_connected = false;
    std::deque<Frame> queue{};
    std::size_t queued_bytes = 0;
    std::size_t front_sent = 0;  ///< Of the first frame.
    Instant progress_at{};       ///< When it was opened, or last took bytes.
  };
  using Connections = std::map<Endpoint, Connection>;

  Connections::iterator connect(const Endpoint& to);
  bool make_room();
  void on_ready(const Endpoint& to, int events);
  bool finish_connecting(Connection& connection);
  bool write_queue(Connection& connection);
  void take_from_queue(Connection& connection, std::size_t sent);
  void rewatch(Connection& connection);
  void on_sweep(Instant now, Duration stalled);
  Connections::iterator drop(Connections::iterator at);

  UvLoop& loop_;
  Clock& clock_;
  const SocketAddress local_;
  const NetworkLimits limits_;
  NetworkCounters& counters_;
  bool is_closed_ = false;
  std::size_t queued_bytes_ = 0;
  Connections connections_;
  ConnectionSweep sweep_;
};

}  // namespace gossamer
