#pragma once

#include <cstddef>

#include "gossamer/bytes.hpp"
#include "gossamer/ids.hpp"
#include "gossamer/result.hpp"
#include "transport/network_limits.hpp"
#include "transport/receiver.hpp"
#include "transport/socket_address.hpp"
#include "transport/uv_socket.hpp"

namespace gossamer {

/// The UDP half of a UvNetwork. Sends at once or drops: a datagram that waits is old news.
class DatagramSocket {
 public:
  DatagramSocket(Receiver& receiver, NetworkCounters& counters);

  Result<void> open(UvLoop& loop, FileDescriptor descriptor, int family,
                    const NetworkLimits& limits);
  void send(const Endpoint& to, ByteView bytes);

  /// Gives the receiver what the kernel holds now, at most about `count_max`. Returns how many.
  /// Requires !is_reading(), and 80 KiB of stack.
  std::size_t read_now(std::size_t count_max);
  bool is_reading() const noexcept { return is_reading_; }
  /// How many the kernel has thrown away because its buffer was full.
  std::uint64_t lost_by_kernel() const;
  void close() { socket_.close(); }

 private:
  struct Batch;
  std::size_t read_few(std::size_t count_max);
  std::size_t read_batch(Batch& batch);
  void take(const SocketAddress& sender, ByteView bytes);

  Receiver& receiver_;
  NetworkCounters& counters_;
  int family_ = 0;
  AddressRanges peers_{};
  bool is_reading_ = false;
  UvSocket socket_;
};

}  // namespace gossamer
