#pragma once

#include <cstdint>
#include <functional>
#include <memory>

#include "fakecloud/message.hpp"
#include "fakecloud/request_reader.hpp"
#include "gossamer/result.hpp"

namespace gossamer::fakecloud {

/// HTTP/1.1 on a loopback port, one thread for each connection. It has the socket to itself, so
/// that answers can go wrong exactly as told.
///
/// At most 1,024 connections: one more is closed at once. **Threads**: any; `handler` is called on
/// the threads of connections, many at once.
class HttpServer {
 public:
  static constexpr std::size_t kConnectionsMax = 1'024;
  /// `read`: request, or malformed or too_large, after whose answer the connection is closed.
  using Handler = std::function<Answer(const Request& request, RequestReader::End read)>;

  /// Errors: io, already_exists (the port is taken).
  static Result<std::unique_ptr<HttpServer>> start(std::uint16_t port, std::shared_ptr<Quota> quota,
                                                   Handler handler);
  ~HttpServer();
  std::uint16_t port() const;
  /// Wakes up whoever waits, and returns when all threads have ended. Idempotent. Not from a
  /// handler.
  void stop();

 private:
  struct State;
  explicit HttpServer(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace gossamer::fakecloud
