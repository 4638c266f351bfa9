#pragma once

#include <chrono>
#include <cstddef>

#include "gossamer/bytes.hpp"
#include "transport/file_descriptor.hpp"

namespace gossamer::fakecloud {

/// A connection whose every wait ends when the server stops.
///
/// **Threads**: one. **Lifetime**: `stop` is the server's descriptor that becomes readable at its
/// end, and outlives it.
class ConnectionSocket {
 public:
  using Milliseconds = std::chrono::milliseconds;
  ConnectionSocket(FileDescriptor socket, int stop) : socket_(std::move(socket)), stop_(stop) {}

  /// How many bytes came: 0 when the client has closed, `limit` has passed or the server stops.
  std::size_t read_some(std::uint8_t* into, std::size_t size, Milliseconds limit);
  /// False if the client has gone, takes nothing for `limit`, or the server stops.
  bool write_all(ByteView bytes, Milliseconds limit);
  /// False if the server stops or the client goes before `time` has passed.
  bool pause(Milliseconds time);
  /// Until the client has gone or the server stops.
  void wait_for_end();
  /// So that the client reads the last answer although its request was not read to the end.
  void finish_politely();
  /// The client sees a reset connection.
  void reset();

 private:
  bool wait_for(short events, Milliseconds limit);
  FileDescriptor socket_;
  int stop_;
};

}  // namespace gossamer::fakecloud
