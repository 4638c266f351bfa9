#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "admin/door.hpp"
#include "base/instant.hpp"
#include "gossamer/result.hpp"
#include "transport/uv_clock.hpp"
#include "transport/uv_loop.hpp"
#include "transport/uv_socket.hpp"
#include "transport/uv_timer.hpp"

namespace gossamer::admin {

/// Names one connection, never reused.
using ClientId = std::uint64_t;

/// Who answers what clients ask. Called on the loop; may call the server back at once.
class RequestHandler {
 public:
  virtual ~RequestHandler() = default;
  /// One line without its end. The client's next line is not taken before respond or finish.
  virtual void on_request(ClientId client, std::string_view line) = 0;
  /// It hung up, or was cut off. What is sent to it from now on goes nowhere.
  virtual void on_gone(ClientId client) = 0;
};

/// Bounds of what clients may use up.
struct ServerLimits {
  /// One more takes the place of the one that has been silent longest and waits for nothing; if all
  /// are busy it is told so and cut off.
  std::size_t clients_max = 32;
  /// Of one line: a deploy whose arguments are as long as they may be, each byte escaped (6 for 1).
  std::size_t request_bytes_max = 512 * 1024;
  std::size_t queued_bytes_max = 4 * 1024 * 1024;    ///< Not yet read by a client that streams.
  Duration idle_timeout = std::chrono::seconds{10};  ///< Neither asks nor reads its answer.
};

/// Lines in, lines out, over a Unix socket that only its owner may use (0600), or sealed over TCP
/// for who has the token. It knows nothing of what the lines mean; a client that hangs, floods or
/// sends garbage harms only itself.
///
/// **Threads**: confined to the loop. **Lifetime**: destroyed at any time, but not by the handler
/// while it is being called.
class Server {
 public:
  /// Replaces a socket that nobody serves any more. `loop` and `handler` must outlive the server.
  /// Errors: invalid_argument (path too long), already_exists (somebody serves there), io.
  static Result<std::unique_ptr<Server>> open(UvLoop& loop, const std::string& path,
                                              RequestHandler& handler, ServerLimits limits = {});
  /// By TCP. Errors: invalid_argument (address), io.
  static Result<std::unique_ptr<Server>> open(UvLoop& loop, DoorPlace place,
                                              RequestHandler& handler, ServerLimits limits = {});
  /// Cuts everybody off, untold, and removes the socket.
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  /// The answer to the request that waits; then the next one is taken.
  void respond(ClientId client, std::string_view line);
  /// One line of many. From now on the client is timed out only while it does not read.
  void stream(ClientId client, std::string_view line);
  /// A last line, if not empty; then the connection is closed.
  void finish(ClientId client, std::string_view line);

  std::size_t client_count() const { return clients_.size(); }
  /// By TCP: where.
  const Endpoint& endpoint() const { return endpoint_; }
  /// By TCP.
  DoorCounters door_counters() const { return door_ ? door_->counters() : DoorCounters{}; }

 private:
  struct Client;
  using ClientPointer = std::shared_ptr<Client>;
  Server(UvLoop& loop, RequestHandler& handler, ServerLimits limits);
  Result<void> listen(FileDescriptor socket);
  void accept_all();
  void admit(FileDescriptor descriptor, std::string address);
  void greet(Client& client);
  std::size_t count(bool is_proven) const;
  bool make_room_for_unproven(const std::string& address);
  bool make_room_for_proven(const Client* newcomer);
  void on_idle(ClientId id);
  ClientPointer find(ClientId id) const;
  void on_ready(const ClientPointer& client, int events);
  void read(Client& client);
  bool take_sealed(Client& client, std::string_view bytes);
  void on_proven(Client& client);
  void take_lines(Client& client);
  void send(Client& client, std::string_view line);
  void flush(Client& client);
  void drop(Client& client, bool is_told);

  UvLoop& loop_;
  UvClock clock_{};
  std::string path_{};
  Endpoint endpoint_{};
  std::optional<Door> door_{};
  RequestHandler& handler_;
  ServerLimits limits_;
  UvSocket listener_;
  UvTimer descriptors_due_;  ///< Out of them, the next caller is let in a little later.
  std::map<ClientId, ClientPointer> clients_;
  ClientId next_client_ = 1;
  std::uint64_t reads_ = 0;  ///< Orders clients by when they were last heard.
};

}  // namespace gossamer::admin
