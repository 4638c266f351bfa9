#include "admin_client.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

namespace gossamer::examples {
namespace {

using Clock = std::chrono::steady_clock;
constexpr AdminClient::Milliseconds kConnectTimeout{5'000};
constexpr std::size_t kLineBytesMax = 64 * 1024 * 1024;

ErrorCode code_of(const std::string& name) {
  for (unsigned char code = 1; code <= 13; ++code) {
    if (to_string(static_cast<ErrorCode>(code)) == name) return static_cast<ErrorCode>(code);
  }
  return ErrorCode::io;
}

}  // namespace

Result<AdminClient> AdminClient::connect(const AdminPlace& place) {
  return place.token.empty() ? connect_to_socket(place.at) : connect_by_tcp(place);
}

Result<AdminClient> AdminClient::connect_to_socket(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.empty() || path.size() >= sizeof(address.sun_path)) {
    return fail(ErrorCode::invalid_argument,
                fmt::format("the path of an admin socket has 1 to {} bytes: '{}'",
                            sizeof(address.sun_path) - 1, path));
  }
  std::memcpy(address.sun_path, path.data(), path.size());
  // Not blocking: to a node that stands still, with its backlog full, connect would wait for ever.
  AdminClient client{path, ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)};
  if (client.descriptor_ < 0 ||
      ::connect(client.descriptor_, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) !=
          0) {
    const char* words = errno == EAGAIN ? "it takes no connection now" : std::strerror(errno);
    return fail(ErrorCode::unavailable,
                fmt::format("no node answers at the admin socket {}: {}", path, words));
  }
  ::fcntl(client.descriptor_, F_SETFL, 0);
  return client;
}

Result<AdminClient> AdminClient::connect_by_tcp(const AdminPlace& place) {
  const auto endpoint = parse_endpoint(place.at);
  if (!endpoint) return tl::unexpected(endpoint.error());
  sockaddr_in v4{};
  sockaddr_in6 v6{};
  const bool is_v6 = ::inet_pton(AF_INET6, endpoint->address.c_str(), &v6.sin6_addr) == 1;
  if (!is_v6) ::inet_pton(AF_INET, endpoint->address.c_str(), &v4.sin_addr);
  v4.sin_family = AF_INET;
  v6.sin6_family = AF_INET6;
  v4.sin_port = v6.sin6_port = htons(endpoint->port);
  const auto* address =
      is_v6 ? reinterpret_cast<const sockaddr*>(&v6) : reinterpret_cast<const sockaddr*>(&v4);
  const int family = is_v6 ? AF_INET6 : AF_INET;
  AdminClient client{place.at, ::socket(family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)};
  const auto failed = [&](const char* words) {
    return fail(ErrorCode::unavailable,
                fmt::format("no node answers at the admin endpoint {}: {}", place.at, words));
  };
  if (client.descriptor_ < 0) return failed(std::strerror(errno));
  const socklen_t size = is_v6 ? sizeof(v6) : sizeof(v4);
  if (::connect(client.descriptor_, address, size) != 0) {
    if (errno != EINPROGRESS) return failed(std::strerror(errno));
    pollfd writable{client.descriptor_, POLLOUT, 0};
    if (::poll(&writable, 1, static_cast<int>(kConnectTimeout.count())) != 1) {
      return failed("it takes no connection");
    }
    int error = 0;
    socklen_t error_size = sizeof(error);
    ::getsockopt(client.descriptor_, SOL_SOCKET, SO_ERROR, &error, &error_size);
    if (error != 0) return failed(std::strerror(error));
  }
  ::fcntl(client.descriptor_, F_SETFL, 0);
  client.channel_.emplace(place.token);
  if (auto admitted = client.be_admitted(); !admitted) return tl::unexpected(admitted.error());
  return client;
}

Result<void> AdminClient::be_admitted() {
  const auto deadline = Clock::now() + kConnectTimeout;
  while (!channel_->is_admitted()) {
    const auto read = read_some(deadline);
    if (!read) return tl::unexpected(read.error());
    if (*read == Read::some) continue;
    return fail(ErrorCode::unavailable,
                *read == Read::ended
                    ? fmt::format("the node at {} hung up before it had let us in", path_)
                    : fmt::format("the node at {} is silent", path_));
  }
  return {};
}

AdminClient::AdminClient(AdminClient&& other) noexcept
    : path_(std::move(other.path_)),
      descriptor_(std::exchange(other.descriptor_, -1)),
      input_(std::move(other.input_)),
      channel_(std::move(other.channel_)) {}

AdminClient& AdminClient::operator=(AdminClient&& other) noexcept {
  std::swap(path_, other.path_);
  std::swap(descriptor_, other.descriptor_);
  std::swap(input_, other.input_);
  std::swap(channel_, other.channel_);
  return *this;
}

AdminClient::~AdminClient() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

Result<void> AdminClient::send(const Json& request) {
  const std::string line = request.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
  if (!channel_) return send_bytes(line);
  const auto sealed = channel_->seal(line);
  if (!sealed) return tl::unexpected(sealed.error());
  return send_bytes(*sealed);
}

Result<void> AdminClient::send_bytes(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t count = ::send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) {
      return fail(ErrorCode::unavailable,
                  fmt::format("the node at {} hung up: {}", path_, std::strerror(errno)));
    }
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
  return {};
}

Result<AdminClient::Read> AdminClient::read_some(std::optional<Clock::time_point> deadline) {
  for (;;) {
    int wait = -1;
    if (deadline) {
      const auto left = std::chrono::ceil<Milliseconds>(*deadline - Clock::now());
      if (left.count() <= 0) return Read::nothing;
      wait = static_cast<int>(left.count());
    }
    pollfd readable{descriptor_, POLLIN, 0};
    if (::poll(&readable, 1, wait) <= 0) continue;
    std::array<char, 64 * 1024> chunk;
    const ssize_t count = ::recv(descriptor_, chunk.data(), chunk.size(), 0);
    if (count < 0 && errno == EINTR) continue;
    if (count == 0) return Read::ended;
    if (count < 0 || input_.size() > kLineBytesMax) {
      return fail(ErrorCode::unavailable, fmt::format("the node at {} hung up", path_));
    }
    const std::string_view bytes{chunk.data(), static_cast<std::size_t>(count)};
    if (!channel_) {
      input_.append(bytes);
      return Read::some;
    }
    auto taken = channel_->take(bytes);
    if (!taken) {
      return fail(taken.error().code, fmt::format("{}: {}", path_, taken.error().detail));
    }
    input_.append(taken->text);
    if (auto sent = send_bytes(taken->to_send); !sent) return tl::unexpected(sent.error());
    return Read::some;
  }
}

Result<std::optional<std::string>> AdminClient::next_line(std::optional<Milliseconds> timeout) {
  std::optional<Clock::time_point> deadline;
  if (timeout) deadline = Clock::now() + *timeout;
  for (;;) {
    if (const std::size_t end = input_.find('\n'); end != std::string::npos) {
      std::string line = input_.substr(0, end);
      input_.erase(0, end + 1);
      return std::optional{std::move(line)};
    }
    const auto read = read_some(deadline);
    if (!read) return tl::unexpected(read.error());
    if (*read == Read::ended) return std::optional<std::string>{};
    if (*read == Read::nothing) {
      return fail(ErrorCode::timed_out, fmt::format("the node at {} did not answer within {} ms",
                                                    path_, timeout->count()));
    }
  }
}

Result<Json> AdminClient::ask(const Json& request, Milliseconds timeout) {
  if (auto sent = send(request); !sent) return tl::unexpected(sent.error());
  auto line = next_line(timeout);
  if (!line) return tl::unexpected(line.error());
  if (!*line) {
    return fail(ErrorCode::unavailable, fmt::format("the node at {} hung up", path_));
  }
  Json answer = Json::parse(**line, nullptr, false);
  if (!answer.is_object() || !answer.contains("ok")) {
    return fail(ErrorCode::corrupted, fmt::format("what answers at {} is no node", path_));
  }
  if (answer["ok"] == true) return answer;
  const auto text = [&](const char* key, const char* otherwise) -> std::string {
    const Json& error = answer.contains("error") ? answer["error"] : answer;
    const auto at = error.find(key);
    return at != error.end() && at->is_string() ? at->get<std::string>() : otherwise;
  };
  return fail(code_of(text("code", "io")), text("detail", "unknown error"));
}

Result<Json> ask_node(const AdminPlace& place, const Json& request,
                      AdminClient::Milliseconds timeout) {
  auto client = AdminClient::connect(place);
  if (!client) return tl::unexpected(client.error());
  return client->ask(request, timeout);
}

}  // namespace gossamer::examples
