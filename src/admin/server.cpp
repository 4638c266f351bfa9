// The admin endpoint's socket: connections, lines and bounds. What the lines mean is decided in node/.

#include "admin/server.hpp"

#include <fmt/format.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

#include "transport/uv_timer.hpp"

namespace gossamer::admin {
namespace {

Result<sockaddr_un> address_of(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.empty() || path.size() >= sizeof(address.sun_path)) {
    return fail(ErrorCode::invalid_argument,
                fmt::format("the path of the admin socket has {} bytes; it must have 1 to {}: '{}'",
                            path.size(), sizeof(address.sun_path) - 1, path));
  }
  std::memcpy(address.sun_path, path.data(), path.size());
  return address;
}

bool is_served(const sockaddr_un& address) {
  const FileDescriptor probe{::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)};
  if (!probe.is_open()) return false;
  const int rc =
      ::connect(probe.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address));
  return rc == 0 || errno == EAGAIN;  // A full backlog is somebody's backlog.
}

Result<void> clear_the_way(const std::string& path, const sockaddr_un& address) {
  struct stat found {};
  if (::lstat(path.c_str(), &found) != 0) return {};
  if (!S_ISSOCK(found.st_mode)) {
    return fail(ErrorCode::already_exists,
                fmt::format("admin socket {}: there is a file that is not a socket", path));
  }
  if (is_served(address)) {
    return fail(ErrorCode::already_exists,
                fmt::format("admin socket {}: another node serves there", path));
  }
  ::unlink(path.c_str());
  return {};
}

/// A listening socket with mode 0600 from its first moment on.
Result<FileDescriptor> listen_privately(const std::string& path) {
  const auto address = address_of(path);
  if (!address) return tl::unexpected(address.error());
  if (auto cleared = clear_the_way(path, *address); !cleared) {
    return tl::unexpected(cleared.error());
  }
  FileDescriptor socket{::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)};
  const auto failed = [&](const char* what) {
    return fail(ErrorCode::io,
                fmt::format("admin socket {}: {}: {}", path, what, std::strerror(errno)));
  };
  if (!socket.is_open()) return failed("socket");
  // Linux gives the file the mode of the unbound socket, so there is no moment at which it is open.
  if (::fchmod(socket.get(), 0600) != 0) return failed("fchmod");
  if (::bind(socket.get(), reinterpret_cast<const sockaddr*>(&*address), sizeof(*address)) != 0) {
    return failed("bind");
  }
  if (::listen(socket.get(), 64) != 0) return failed("listen");
  return socket;
}

constexpr std::string_view kTooManyClients =
    R"({"ok":false,"error":{"code":"resource_exhausted","detail":"the admin socket has too many clients"}})";

}  // namespace

struct Server::Client {
  explicit Client(UvLoop& loop, UniqueFunction<void()> on_idle) : idle(loop, std::move(on_idle)) {}

  ClientId id = 0;
  std::uint64_t last_heard = 0;
  UvSocket socket{};
  UvTimer idle;
  std::string input{};
  std::string output{};
  bool is_answer_owed = false;
  bool is_taking_lines = false;
  bool is_input_ended = false;
  bool is_streaming = false;
  bool is_finishing = false;
  bool is_dropped = false;
};

Server::Server(UvLoop& loop, std::string path, RequestHandler& handler, ServerLimits limits)
    : loop_(loop), path_(std::move(path)), handler_(handler), limits_(limits) {}

Server::~Server() {
  while (!clients_.empty()) drop(*clients_.begin()->second, false);
  if (listener_.is_open()) ::unlink(path_.c_str());
}

Result<std::unique_ptr<Server>> Server::open(UvLoop& loop, const std::string& path,
                                             RequestHandler& handler, ServerLimits limits) {
  auto socket = listen_privately(path);
  if (!socket) return tl::unexpected(socket.error());
  std::unique_ptr<Server> server{new Server{loop, path, handler, limits}};
  auto opened = server->listener_.open(loop, std::move(*socket),
                                       [raw = server.get()](int) { raw->accept_all(); });
  if (!opened) return tl::unexpected(opened.error());
  server->listener_.watch(UV_READABLE);
  return server;
}

void Server::accept_all() {
  // Bounded, so that a flood of connections leaves the loop its turn; the rest waits in the backlog.
  for (std::size_t accepted = 0; accepted < limits_.clients_max; ++accepted) {
    FileDescriptor descriptor{
        ::accept4(listener_.descriptor(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK)};
    if (!descriptor.is_open()) return;
    admit(std::move(descriptor));
  }
}

void Server::admit(FileDescriptor descriptor) {
  if (clients_.size() >= limits_.clients_max && !make_room()) {
    (void)::send(descriptor.get(), kTooManyClients.data(), kTooManyClients.size(), MSG_NOSIGNAL);
    (void)::send(descriptor.get(), "\n", 1, MSG_NOSIGNAL);
    return;
  }
  const ClientId id = next_client_++;
  const auto client = std::make_shared<Client>(loop_, [this, id] {
    if (const ClientPointer late = find(id)) drop(*late, true);
  });
  client->id = id;
  client->last_heard = ++reads_;
  const auto opened = client->socket.open(loop_, std::move(descriptor), [this, id](int events) {
    if (const ClientPointer ready = find(id)) on_ready(ready, events);
  });
  if (!opened) return;
  clients_.emplace(id, client);
  client->socket.watch(UV_READABLE);
  client->idle.arm(limits_.idle_timeout);
}

bool Server::make_room() {
  Client* longest_silent = nullptr;
  for (const auto& [id, client] : clients_) {
    if (client->is_answer_owed || client->is_streaming || !client->output.empty()) continue;
    if (longest_silent == nullptr || client->last_heard < longest_silent->last_heard) {
      longest_silent = client.get();
    }
  }
  if (longest_silent == nullptr) return false;
  drop(*longest_silent, true);
  return true;
}

Server::ClientPointer Server::find(ClientId id) const {
  const auto at = clients_.find(id);
  return at == clients_.end() ? nullptr : at->second;
}

void Server::on_ready(const ClientPointer& client, int events) {
  if ((events & UV_WRITABLE) != 0) {
    flush(*client);
    if (!client->is_dropped) take_lines(*client);
  }
  if ((events & UV_READABLE) != 0 && !client->is_dropped) read(*client);
}

void Server::read(Client& client) {
  std::array<char, 16 * 1024> chunk;
  const ssize_t count = ::recv(client.socket.descriptor(), chunk.data(), chunk.size(), 0);
  if (count < 0 && (errno == EAGAIN || errno == EINTR)) return;
  if (count == 0 && client.is_answer_owed) {
    client.is_input_ended = true;  // It has said all, and waits for the answer.
    client.socket.watch(client.output.empty() ? 0 : UV_WRITABLE);
    return;
  }
  if (count <= 0) {
    drop(client, true);
    return;
  }
  client.last_heard = ++reads_;
  if (client.is_streaming || client.is_finishing) return;  // Only its hanging up is of interest.
  client.input.append(chunk.data(), static_cast<std::size_t>(count));
  const std::size_t line_end = client.input.find('\n');
  // Lines that wait behind an unanswered one count too: nobody needs to be that far ahead.
  if (client.input.size() > limits_.request_bytes_max &&
      (client.is_answer_owed || line_end > limits_.request_bytes_max)) {
    finish(client.id, fmt::format(R"({{"ok":false,"error":{{"code":"resource_exhausted",)"
                                  R"("detail":"a request has at most {} bytes"}}}})",
                                  limits_.request_bytes_max));
    return;
  }
  take_lines(client);
}

void Server::take_lines(Client& client) {
  if (client.is_taking_lines) return;  // The handler answered at once.
  client.is_taking_lines = true;
  // A client that does not read its answer is not asked for more.
  while (!client.is_answer_owed && !client.is_streaming && !client.is_finishing &&
         !client.is_dropped && client.output.empty()) {
    const std::size_t end = client.input.find('\n');
    if (end == std::string::npos) break;
    std::string line = client.input.substr(0, end);
    client.input.erase(0, end + 1);
    if (!line.empty() && line.back() == '\r') line.pop_back();
    if (line.empty()) continue;
    client.is_answer_owed = true;
    client.idle.disarm();  // Now it is us who take the time.
    handler_.on_request(client.id, line);
  }
  client.is_taking_lines = false;
  if (client.is_input_ended && !client.is_answer_owed && client.output.empty()) finish(client.id, "");
}

void Server::respond(ClientId id, std::string_view line) {
  const ClientPointer client = find(id);
  if (client == nullptr || !client->is_answer_owed) return;
  client->is_answer_owed = false;
  client->idle.arm(limits_.idle_timeout);
  send(*client, line);
  if (!client->is_dropped) take_lines(*client);
}

void Server::stream(ClientId id, std::string_view line) {
  const ClientPointer client = find(id);
  if (client == nullptr || client->is_finishing) return;
  client->is_answer_owed = false;
  client->is_streaming = true;
  if (client->output.size() + line.size() > limits_.queued_bytes_max) {
    drop(*client, true);
    return;
  }
  send(*client, line);
}

void Server::finish(ClientId id, std::string_view line) {
  const ClientPointer client = find(id);
  if (client == nullptr || client->is_finishing) return;
  client->is_answer_owed = false;
  client->is_finishing = true;
  client->idle.arm(limits_.idle_timeout);
  if (line.empty()) {
    flush(*client);
  } else {
    send(*client, line);
  }
}

void Server::send(Client& client, std::string_view line) {
  client.output.append(line).push_back('\n');
  flush(client);
}

void Server::flush(Client& client) {
  while (!client.output.empty()) {
    const ssize_t count = ::send(client.socket.descriptor(), client.output.data(),
                                 client.output.size(), MSG_NOSIGNAL);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0 && errno == EAGAIN) {
      if (!client.idle.is_armed()) client.idle.arm(limits_.idle_timeout);
      // Whoever does not read is not read from.
      client.socket.watch(client.is_streaming ? UV_READABLE | UV_WRITABLE : UV_WRITABLE);
      return;
    }
    if (count < 0) {
      drop(client, true);
      return;
    }
    client.output.erase(0, static_cast<std::size_t>(count));
    if (client.idle.is_armed()) client.idle.arm(limits_.idle_timeout);
  }
  if (client.is_finishing) {
    drop(client, true);
    return;
  }
  client.socket.watch(client.is_input_ended ? 0 : UV_READABLE);
  if (client.is_streaming) client.idle.disarm();  // The silence of a stream is ours.
}

void Server::drop(Client& client, bool is_told) {
  if (client.is_dropped) return;
  client.is_dropped = true;
  client.idle.close();
  client.socket.close();
  const ClientPointer kept = find(client.id);  // Until the callers up the stack have returned.
  clients_.erase(client.id);
  if (is_told) handler_.on_gone(client.id);
}

}  // namespace gossamer::admin
