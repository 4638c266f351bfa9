#pragma once

#include "gossamer/ids.hpp"
#include "gossamer/result.hpp"
#include "transport/file_descriptor.hpp"
#include "transport/socket_address.hpp"

namespace gossamer {

/// A node's two sockets on one port. Non-blocking; the stream socket listens.
struct BoundSockets {
  FileDescriptor datagram{};
  FileDescriptor stream{};
  SocketAddress address{};
};

/// Port 0 picks one that is free for both.
///
/// Errors: invalid_argument if the address is not numeric; io, naming address and port, with the
/// system's words.
Result<BoundSockets> bind_sockets(const Endpoint& endpoint);

/// A stream socket alone. Non-blocking; it listens.
struct BoundStream {
  FileDescriptor stream{};
  SocketAddress address{};
};

/// Port 0 picks one that is free. The same errors.
Result<BoundStream> bind_stream(const Endpoint& endpoint);

}  // namespace gossamer
