#pragma once

#include <atomic>
#include <chrono>

#include "gossamer/bytes.hpp"
#include "gossamer/result.hpp"
#include "transport/socket_address.hpp"

namespace gossamer {

/// How long a lookup may go on.
struct DnsBound {
  std::chrono::steady_clock::time_point deadline{};
  const std::atomic<bool>& is_cancelled;  ///< Looked at several times a second.
};

/// Asks one name server one question: by a datagram, and by TCP if the answer is too long for one.
/// With sockets of our own, since the C library waits for a silent TCP server for ever.
///
/// Blocks until the bound at most. An answer that TCP does not bring comes as the datagram had it,
/// with its mark that it is cut. Errors: timed_out, unavailable (the server cannot be reached),
/// cancelled, corrupted, io.
Result<Bytes> exchange_dns(const SocketAddress& server, ByteView query, const DnsBound& bound);

}  // namespace gossamer
