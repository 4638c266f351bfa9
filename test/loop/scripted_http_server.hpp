#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <catch2/catch.hpp>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

namespace gossamer::test {

/// Opened once, by one thread, for all that wait.
class Gate {
 public:
  void open() {
    {
      const std::lock_guard lock{mutex_};
      is_open_ = true;
    }
    opened_.notify_all();
  }
  /// Not for ever, so that a test that fails ends.
  void wait() {
    std::unique_lock lock{mutex_};
    opened_.wait_for(lock, std::chrono::seconds{30}, [&] { return is_open_; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable opened_;
  bool is_open_ = false;
};

/// A request as it came: its lines, without line ends, and its body.
struct SeenRequest {
  std::vector<std::string> lines{};
  std::string body{};

  const std::string& first_line() const { return lines.at(0); }
  bool has(std::string_view line) const {
    return std::find(lines.begin(), lines.end(), line) != lines.end();
  }
  /// "Name: value" as it came; empty if there is none. The case of `name` counts.
  std::string value_of(std::string_view name) const {
    for (const std::string& line : lines) {
      if (line.substr(0, name.size() + 2) == std::string{name} + ": ") {
        return line.substr(name.size() + 2);
      }
    }
    return {};
  }
};

/// One connection on the server's side. Blocks, on a thread of its own.
class ServerConnection {
 public:
  explicit ServerConnection(int socket) : socket_(socket) {}
  ~ServerConnection() { ::close(socket_); }
  ServerConnection(const ServerConnection&) = delete;
  ServerConnection& operator=(const ServerConnection&) = delete;

  /// Request line and headers; nothing if the client has closed.
  std::optional<SeenRequest> read_head() {
    std::size_t end = std::string::npos;
    while ((end = buffer_.find("\r\n\r\n")) == std::string::npos) {
      if (!receive()) return std::nullopt;
    }
    SeenRequest request;
    for (std::size_t at = 0; at < end + 2;) {
      const std::size_t line_end = buffer_.find("\r\n", at);
      request.lines.push_back(buffer_.substr(at, line_end - at));
      at = line_end + 2;
    }
    buffer_.erase(0, end + 4);
    return request;
  }

  /// Head and body, by its Content-Length.
  std::optional<SeenRequest> read_request() {
    auto request = read_head();
    if (!request) return std::nullopt;
    const std::string length = request->value_of("Content-Length");
    const std::size_t size = length.empty() ? 0 : std::stoul(length);
    while (buffer_.size() < size) {
      if (!receive()) return std::nullopt;
    }
    request->body = buffer_.substr(0, size);
    buffer_.erase(0, size);
    return request;
  }

  /// Up to `most` bytes of a body; empty if the client has closed.
  std::string read_some(std::size_t most) {
    if (buffer_.empty() && !receive()) return {};
    std::string taken = buffer_.substr(0, most);
    buffer_.erase(0, taken.size());
    return taken;
  }

  /// False: the client is gone.
  bool send(std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) return false;
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
  }

  /// Ends the connection with RST, as a crashed host's does.
  void reset() {
    const linger now{1, 0};
    ::setsockopt(socket_, SOL_SOCKET, SO_LINGER, &now, sizeof now);
    is_over_ = true;
  }
  void shut_down() { ::shutdown(socket_, SHUT_RDWR); }
  /// Returns once the client has closed.
  void wait_for_close() {
    while (receive()) buffer_.clear();
  }

 private:
  bool receive() {
    if (is_over_) return false;
    char bytes[64 * 1024];
    const ssize_t count = ::recv(socket_, bytes, sizeof bytes, 0);
    if (count <= 0) return false;
    buffer_.append(bytes, static_cast<std::size_t>(count));
    return true;
  }

  const int socket_;
  bool is_over_ = false;
  std::string buffer_;
};

inline std::string http_answer(int status, std::string_view body, std::string_view headers = {}) {
  return "HTTP/1.1 " + std::to_string(status) +
         " Said\r\nContent-Length: " + std::to_string(body.size()) + "\r\n" + std::string{headers} +
         "\r\n" + std::string{body};
}

/// A server on a loopback port that plays `script` on every connection, each on its own thread.
/// The script gets the connection and its number, from 0; when it returns, the connection closes.
class ScriptedHttpServer {
 public:
  using Script = std::function<void(ServerConnection&, int number)>;

  explicit ScriptedHttpServer(Script script) : script_(std::move(script)) {
    listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    REQUIRE(listener_ >= 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    REQUIRE(::bind(listener_, reinterpret_cast<sockaddr*>(&address), size) == 0);
    REQUIRE(::listen(listener_, 512) == 0);
    REQUIRE(::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size) == 0);
    port_ = ntohs(address.sin_port);
    acceptor_ = std::thread{[this] { accept_all(); }};
  }
  ~ScriptedHttpServer() {
    ::shutdown(listener_, SHUT_RDWR);
    acceptor_.join();
    ::close(listener_);
    {
      const std::lock_guard lock{mutex_};
      for (const std::weak_ptr<ServerConnection>& weak : connections_) {
        if (const auto connection = weak.lock()) connection->shut_down();
      }
    }
    for (std::thread& player : players_) player.join();
  }
  ScriptedHttpServer(const ScriptedHttpServer&) = delete;
  ScriptedHttpServer& operator=(const ScriptedHttpServer&) = delete;

  int port() const { return port_; }
  std::string url(std::string_view target = "/") const {
    return "http://127.0.0.1:" + std::to_string(port_) + std::string{target};
  }
  int accepted() const { return accepted_; }

  /// A script that answers request after request, for as long as the connection lives.
  static Script answering(std::function<std::string(const SeenRequest&)> answer) {
    return [answer = std::move(answer)](ServerConnection& connection, int) {
      while (const auto request = connection.read_request()) {
        if (!connection.send(answer(*request))) return;
      }
    };
  }

 private:
  void accept_all() {
    for (;;) {
      const int socket = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
      if (socket < 0) return;
      const int number = accepted_++;
      auto connection = std::make_shared<ServerConnection>(socket);
      const std::lock_guard lock{mutex_};
      connections_.push_back(connection);
      players_.emplace_back([this, number, held = std::move(connection)]() mutable {
        script_(*held, number);
        held.reset();
      });
    }
  }

  const Script script_;
  int listener_ = -1;
  int port_ = 0;
  std::atomic<int> accepted_{0};
  std::thread acceptor_;
  std::mutex mutex_;
  std::list<std::weak_ptr<ServerConnection>> connections_;
  std::vector<std::thread> players_;
};

/// Answers with what was asked, word for word.
inline ScriptedHttpServer::Script echo() {
  return ScriptedHttpServer::answering([](const SeenRequest& request) {
    std::string text;
    for (const std::string& line : request.lines) text += line + "\n";
    return http_answer(200, text + "\n" + request.body);
  });
}

}  // namespace gossamer::test
