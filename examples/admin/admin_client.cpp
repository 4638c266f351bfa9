#include "admin_client.hpp"

#include <fcntl.h>
#include <fmt/format.h>
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
constexpr std::size_t kLineBytesMax = 64 * 1024 * 1024;

ErrorCode code_of(const std::string& name) {
  for (unsigned char code = 1; code <= 13; ++code) {
    if (to_string(static_cast<ErrorCode>(code)) == name) return static_cast<ErrorCode>(code);
  }
  return ErrorCode::io;
}

}  // namespace

Result<AdminClient> AdminClient::connect(const std::string& path) {
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
      ::connect(client.descriptor_, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0) {
    const char* words = errno == EAGAIN ? "it takes no connection now" : std::strerror(errno);
    return fail(ErrorCode::unavailable,
                fmt::format("no node answers at the admin socket {}: {}", path, words));
  }
  ::fcntl(client.descriptor_, F_SETFL, 0);
  return client;
}

AdminClient::AdminClient(AdminClient&& other) noexcept
    : path_(std::move(other.path_)),
      descriptor_(std::exchange(other.descriptor_, -1)),
      input_(std::move(other.input_)) {}

AdminClient& AdminClient::operator=(AdminClient&& other) noexcept {
  std::swap(path_, other.path_);
  std::swap(descriptor_, other.descriptor_);
  std::swap(input_, other.input_);
  return *this;
}

AdminClient::~AdminClient() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

Result<void> AdminClient::send(const Json& request) {
  const std::string line = request.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
  std::size_t sent = 0;
  while (sent < line.size()) {
    const ssize_t count =
        ::send(descriptor_, line.data() + sent, line.size() - sent, MSG_NOSIGNAL);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) {
      return fail(ErrorCode::unavailable,
                  fmt::format("the node at {} hung up: {}", path_, std::strerror(errno)));
    }
    sent += static_cast<std::size_t>(count);
  }
  return {};
}

Result<std::optional<std::string>> AdminClient::next_line(std::optional<Milliseconds> timeout) {
  const Clock::time_point deadline = Clock::now() + timeout.value_or(Milliseconds{0});
  for (;;) {
    if (const std::size_t end = input_.find('\n'); end != std::string::npos) {
      std::string line = input_.substr(0, end);
      input_.erase(0, end + 1);
      return std::optional{std::move(line)};
    }
    int wait = -1;
    if (timeout) {
      const auto left = std::chrono::ceil<Milliseconds>(deadline - Clock::now());
      if (left.count() <= 0) {
        return fail(ErrorCode::timed_out, fmt::format("the node at {} did not answer within {} ms",
                                                      path_, timeout->count()));
      }
      wait = static_cast<int>(left.count());
    }
    pollfd readable{descriptor_, POLLIN, 0};
    if (::poll(&readable, 1, wait) <= 0) continue;
    std::array<char, 64 * 1024> chunk;
    const ssize_t count = ::recv(descriptor_, chunk.data(), chunk.size(), 0);
    if (count < 0 && errno == EINTR) continue;
    if (count == 0) return std::optional<std::string>{};
    if (count < 0 || input_.size() > kLineBytesMax) {
      return fail(ErrorCode::unavailable, fmt::format("the node at {} hung up", path_));
    }
    input_.append(chunk.data(), static_cast<std::size_t>(count));
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

Result<Json> ask_node(const std::string& path, const Json& request,
                      AdminClient::Milliseconds timeout) {
  auto client = AdminClient::connect(path);
  if (!client) return tl::unexpected(client.error());
  return client->ask(request, timeout);
}

}  // namespace gossamer::examples
