#pragma once

#include "transport/file_descriptor.hpp"
#include "transport/socket_address.hpp"

namespace gossamer {

/// A TCP socket that connects, or has failed to.
struct OutgoingSocket {
  FileDescriptor descriptor{};  ///< Not open if there was an error.
  int error = 0;                ///< Of the system; 0 while nothing is known to be wrong.
};

/// Begins to connect, from `local` unless that is any address; peers then see the address that this
/// node is known by. When the socket is writable, connect_error tells what came of it.
OutgoingSocket start_connecting(const SocketAddress& to, const SocketAddress& local);

/// 0 if the connection stands. ECONNREFUSED if TCP has connected a port that nobody listens on to
/// itself, as it does when that is picked for the near end too.
int connect_error(int descriptor);

}  // namespace gossamer
