// The admin endpoint's socket: connections, lines and bounds. What the lines mean is decided in
// node/.

#include "admin/server.hpp"

#include <fmt/format.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <utility>
#include <vector>

#include "admin/private_socket.hpp"
#include "transport/bound_sockets.hpp"
#include "transport/places.hpp"
#include "transport/uv_timer.hpp"

namespace gossamer::admin {
namespace {

constexpr std::string_view kTooManyClients =
    R"({"ok":false,"error":{"code":"resource_exhausted","detail":"the admin socket has too many clients"}})";
constexpr Duration kDescriptorsPause = std::chrono::milliseconds{250};

bool is_out_of_descriptors(int error) {
  return error == EMFILE || error == ENFILE || error == ENOBUFS || error == ENOMEM;
}

}  // namespace

struct Server::Client {
  explicit Client(UvLoop& loop, UniqueFunction<void()> on_idle) : idle(loop, std::move(on_idle)) {}

  bool is_proven() const { return !sealed || sealed->is_proven(); }
  bool is_busy() const { return is_answer_owed || is_streaming || !output.empty(); }

  ClientId id = 0;
  std::uint64_t last_heard = 0;
  std::string address{};  ///< As counted; of one that came through the door, as is the next.
  std::optional<NodeEnd> sealed{};
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

Server::Server(UvLoop& loop, RequestHandler& handler, ServerLimits limits)
    : loop_(loop),
      handler_(handler),
      limits_(limits),
      descriptors_due_(loop, [this] { listener_.watch(UV_READABLE); }) {}

Server::~Server() {
  descriptors_due_.close();
  while (!clients_.empty()) drop(*clients_.begin()->second, false);
  if (listener_.is_open() && !path_.empty()) ::unlink(path_.c_str());
}

Result<std::unique_ptr<Server>> Server::open(UvLoop& loop, const std::string& path,
                                             RequestHandler& handler, ServerLimits limits) {
  auto socket = listen_privately(path);
  if (!socket) return tl::unexpected(socket.error());
  std::unique_ptr<Server> server{new Server{loop, handler, limits}};
  server->path_ = path;
  if (auto heard = server->listen(std::move(*socket)); !heard) return tl::unexpected(heard.error());
  return server;
}

Result<std::unique_ptr<Server>> Server::open(UvLoop& loop, DoorPlace place, RequestHandler& handler,
                                             ServerLimits limits) {
  auto bound = bind_stream(place.endpoint);
  if (!bound) {
    return fail(bound.error().code, fmt::format("admin endpoint: {}", bound.error().detail));
  }
  std::unique_ptr<Server> server{new Server{loop, handler, limits}};
  server->endpoint_ = to_endpoint(bound->address);
  server->door_.emplace(std::move(place));
  auto heard = server->listen(std::move(bound->stream));
  if (!heard) return tl::unexpected(heard.error());
  return server;
}

Result<void> Server::listen(FileDescriptor socket) {
  auto opened = listener_.open(loop_, std::move(socket), [this](int) { accept_all(); });
  if (opened) listener_.watch(UV_READABLE);
  return opened;
}

void Server::accept_all() {
  // Bounded, so that a flood of connections leaves the loop its turn; the rest waits in the
  // backlog.
  for (std::size_t accepted = 0; accepted < limits_.clients_max; ++accepted) {
    SocketAddress from;
    FileDescriptor descriptor{
        ::accept4(listener_.descriptor(), from.get(), &from.size, SOCK_CLOEXEC | SOCK_NONBLOCK)};
    if (!descriptor.is_open()) {
      // Who could not be let in stays in the backlog, and the socket readable.
      if (!is_out_of_descriptors(errno)) return;
      listener_.watch(0);
      descriptors_due_.arm(kDescriptorsPause);
      return;
    }
    if (door_ && !door_->lets_try(clock_.now(), from)) {
      (void)::send(descriptor.get(), kRefusal.data(), kRefusal.size(), MSG_NOSIGNAL);
      continue;
    }
    admit(std::move(descriptor), door_ ? counted_as(from) : std::string{});
  }
}

void Server::admit(FileDescriptor descriptor, std::string address) {
  // Who has proved nothing takes no place of those who have.
  const bool has_place = door_ ? make_room_for_unproven(address)
                               : count(true) < limits_.clients_max || make_room_for_proven(nullptr);
  if (!has_place) {
    (void)::send(descriptor.get(), kTooManyClients.data(), kTooManyClients.size(), MSG_NOSIGNAL);
    (void)::send(descriptor.get(), "\n", 1, MSG_NOSIGNAL);
    return;
  }
  const ClientId id = next_client_++;
  const auto client = std::make_shared<Client>(loop_, [this, id] { on_idle(id); });
  client->id = id;
  client->last_heard = ++reads_;
  client->address = std::move(address);
  const auto opened = client->socket.open(loop_, std::move(descriptor), [this, id](int events) {
    if (const ClientPointer ready = find(id)) on_ready(ready, events);
  });
  if (!opened) return;
  clients_.emplace(id, client);
  client->socket.watch(UV_READABLE);
  if (door_) greet(*client);
  if (!client->is_dropped) {
    client->idle.arm(door_ ? door_->limits().proof_timeout : limits_.idle_timeout);
  }
}

void Server::greet(Client& client) {
  const int is_on = 1;  // News is small, and is not to wait for the last one's receipt.
  ::setsockopt(client.socket.descriptor(), IPPROTO_TCP, TCP_NODELAY, &is_on, sizeof(is_on));
  client.sealed.emplace(door_->key());
  client.output = client.sealed->greeting();
  flush(client);
}

std::size_t Server::count(bool is_proven) const {
  return static_cast<std::size_t>(
      std::count_if(clients_.begin(), clients_.end(),
                    [&](const auto& entry) { return entry.second->is_proven() == is_proven; }));
}

// Where there is no place for one more that has proved nothing, another of them makes room: of the
// newcomer's own address, or of that which holds most.
bool Server::make_room_for_unproven(const std::string& address) {
  std::size_t own = 0;
  std::vector<Place> places;
  std::vector<ClientId> ids;
  for (const auto& [id, client] : clients_) {
    if (client->is_proven()) continue;
    own += client->address == address ? 1 : 0;
    // By age: to say a little now and then keeps no place.
    places.push_back({client->address, static_cast<double>(id)});
    ids.push_back(id);
  }
  const bool is_crowded = own >= door_->limits().unproven_per_address_max;
  if (!is_crowded && places.size() < door_->limits().unproven_max) return true;
  const auto taken = place_to_take(places, address, is_crowded);
  if (!taken) return false;
  drop(*find(ids[*taken]), true);
  return true;
}

// Of those who may ask, the longest silent one makes room that waits for nothing.
bool Server::make_room_for_proven(const Client* newcomer) {
  Client* longest_silent = nullptr;
  for (const auto& [id, client] : clients_) {
    if (!client->is_proven() || client.get() == newcomer || client->is_busy()) continue;
    if (longest_silent == nullptr || client->last_heard < longest_silent->last_heard) {
      longest_silent = client.get();
    }
  }
  if (longest_silent == nullptr) return false;
  drop(*longest_silent, true);
  return true;
}

void Server::on_idle(ClientId id) {
  const ClientPointer late = find(id);
  if (late == nullptr) return;
  // A refused one has been counted, and is late only in reading that.
  if (!late->is_proven() && !late->is_finishing) door_->on_refused(clock_.now(), late->address);
  drop(*late, true);
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
  const std::size_t wanted =
      client.sealed ? client.sealed->wanted_bytes(chunk.size()) : chunk.size();
  const ssize_t count = ::recv(client.socket.descriptor(), chunk.data(), wanted, 0);
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
  const std::string_view bytes{chunk.data(), static_cast<std::size_t>(count)};
  if (client.sealed && !take_sealed(client, bytes)) return;
  if (!client.sealed) client.input.append(bytes);
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

// False: there is nothing to be taken as a request.
bool Server::take_sealed(Client& client, std::string_view bytes) {
  switch (client.sealed->take(bytes, client.input)) {
    case NodeEnd::Step::taken: return client.is_proven();
    case NodeEnd::Step::proven: on_proven(client); return false;
    case NodeEnd::Step::refused:
      door_->on_refused(clock_.now(), client.address);
      client.output.append(kRefusal);
      client.is_finishing = true;
      flush(client);
      return false;
    case NodeEnd::Step::broken: drop(client, true); return false;
  }
  return false;
}

void Server::on_proven(Client& client) {
  door_->on_admitted();
  client.idle.arm(limits_.idle_timeout);
  client.output.append(client.sealed->seal(""));
  if (count(true) > limits_.clients_max && !make_room_for_proven(&client)) {
    finish(client.id, kTooManyClients);
  } else {
    flush(client);
  }
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
  if (client.is_input_ended && !client.is_answer_owed && client.output.empty())
    finish(client.id, "");
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
  if (client.sealed) {
    client.output.append(client.sealed->seal(std::string{line} + '\n'));
  } else {
    client.output.append(line).push_back('\n');
  }
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
