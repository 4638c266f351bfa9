#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "gossamer/result.hpp"
#include "gossamer/unique_function.hpp"
#include "http/message.hpp"
#include "ports/workers.hpp"
#include "transport/uv_loop.hpp"

namespace gossamer::http {

struct ClientOptions {
  std::size_t host_connections_max = 32;  ///< To one host and port. Further requests wait.
  std::size_t connections_kept_max = 64;  ///< Idle ones, for reuse.
  std::size_t requests_max = 4'096;       ///< Under way and waiting. One more is refused.
  std::string ca_file{};                  ///< Empty: what libcurl was built with.
};

/// What was done since the start.
struct ClientCounters {
  std::uint64_t requests = 0, responses = 0, failures = 0, timeouts = 0;
  std::uint64_t connections_opened = 0;
  std::uint64_t bytes_sent = 0, bytes_received = 0;
};

/// HTTP/1.1 and TLS by libcurl's multi interface on a libuv loop: connections are reused,
/// certificates and host names verified, the proxy variables of the environment honoured.
///
/// Bodies stream: a source is read and a sink written on `workers`, a bounded number of bytes
/// ahead, and the socket waits for a slow disk.
///
/// **Threads**: the loop thread only. **Lifetime**: `loop` and `workers` outlive it.
class Client {
 public:
  /// Any status is an answer. Errors: invalid_argument (the URL), unavailable (nobody answered at
  /// that address: nothing was sent), timed_out (which bound), unknown_outcome (the connection
  /// broke after something was sent), permission_denied (TLS), resource_exhausted (too many
  /// requests, or a body over its bound), and those of the source or sink. None holds a header or a
  /// query.
  using Done = UniqueFunction<void(Result<Response>)>;

  /// Errors: io.
  static Result<std::unique_ptr<Client>> open(UvLoop& loop, Workers& workers,
                                              ClientOptions options = {});
  ~Client();

  /// `done` runs once, on the loop, never from inside the call; not after close().
  void send(Request request, Done done);
  /// Ends all requests; no `done` follows. Idempotent; a `done` may call it, but not destroy *this.
  void close();

  ClientCounters counters() const;

 private:
  struct State;
  explicit Client(std::shared_ptr<State> state);
  std::shared_ptr<State> state_;
};

}  // namespace gossamer::http
