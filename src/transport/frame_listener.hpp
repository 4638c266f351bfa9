#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "base/instant.hpp"
#include "gossamer/ids.hpp"
#include "gossamer/result.hpp"
#include "ports/clock.hpp"
#include "transport/address_rate.hpp"
#include "transport/connection_sweep.hpp"
#include "transport/frame_reader.hpp"
#include "transport/network_limits.hpp"
#include "transport/peer_addresses.hpp"
#include "transport/receiver.hpp"
#include "transport/socket_address.hpp"
#include "transport/uv_socket.hpp"

namespace gossamer {

/// The incoming half of a UvNetwork's TCP. Anybody can connect here, so everything is bounded, and
/// an error ends the one connection that it came from.
///
/// Who says nothing is shown out after a while, unless it is a peer's standing link: that is told
/// by where it comes from. Such links are beside the other connections, so neither takes the
/// other's place; no timer runs for them.
class FrameListener {
 public:
  /// `peers` are those that a part of the places is kept for.
  FrameListener(UvLoop& loop, Clock& clock, Receiver& receiver, const PeerAddresses& peers,
                const NetworkLimits& limits, NetworkCounters& counters);

  /// Takes a listening socket.
  Result<void> open(FileDescriptor descriptor);
  /// Accepts and reads what the kernel holds now, within bounds. Requires !is_reading(), and 80 KiB
  /// of stack.
  void read_now();
  bool is_reading() const noexcept { return is_reading_; }
  std::size_t connection_count() const noexcept { return connections_.size(); }
  /// Of the connections, those that stand silent by right.
  std::size_t link_count() const noexcept { return link_count_; }
  std::size_t buffered_bytes() const noexcept { return buffered_bytes_; }
  void close();

 private:
  struct Caller {
    Endpoint from{};
    std::string counted{};  ///< What its address counts as.
    bool is_stranger = true;
  };
  struct Connection {
    UvSocket socket{};
    Caller caller{};
    FrameReader reader;
    bool has_had_frame = false;
    bool is_link = false;  ///< A peer's standing link: nothing is expected of it any more.
    /// When it connected, or last ended a frame, or began the one under way.
    Instant since{};
    std::size_t charged_bytes = 0;
  };
  using Id = std::uint64_t;
  using Connections = std::map<Id, Connection>;

  void accept_all();
  std::optional<Caller> welcome(const SocketAddress& from);
  void admit(FileDescriptor descriptor, Caller caller);
  bool make_room(const Caller& newcomer);
  double standing_of(const Connection& connection, Instant now) const;
  void on_readable(Id id);
  bool take_bytes(Id id, ByteView input);
  void charge(Connection& connection);
  bool stays_as_link(Connection& connection);
  std::size_t held_bytes_max(const Connection& connection) const;
  Duration patience_with(const Connection& connection) const;
  void on_sweep(Instant now, Duration stalled);
  Connections::iterator drop(Connections::iterator at);

  UvLoop& loop_;
  Clock& clock_;
  Receiver& receiver_;
  const PeerAddresses& peers_;
  const NetworkLimits limits_;
  NetworkCounters& counters_;
  bool is_reading_ = false;
  Id next_id_ = 0;
  std::size_t buffered_bytes_ = 0;
  std::size_t link_count_ = 0;
  Connections connections_;
  AddressRate accept_rate_;
  UvSocket socket_;
  ConnectionSweep sweep_;
};

}  // namespace gossamer
