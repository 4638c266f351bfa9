#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <catch2/catch.hpp>
#include <cstdlib>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace gossamer::test {

/// A service on 127.0.0.1 that answers what the test wrote down, by blocking sockets and a thread
/// for each connection. Its handler runs on those threads, one request at a time.
class LoopbackService {
 public:
  struct Asked {
    std::string method{}, target{}, body{};
    std::map<std::string, std::string> headers{};  ///< Names in lower case.
  };
  struct Answer {
    int status = 200;
    std::string body{};
    std::string headers{};   ///< Whole lines.
    bool is_silent = false;  ///< Nothing is answered; the connection stays open.
  };
  using Handler = std::function<Answer(const Asked&)>;

  explicit LoopbackService(Handler handler) : handler_(std::move(handler)) {
    listener_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    REQUIRE(listener_ >= 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t length = sizeof address;
    REQUIRE(bind(listener_, reinterpret_cast<sockaddr*>(&address), length) == 0);
    REQUIRE(getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &length) == 0);
    REQUIRE(listen(listener_, 64) == 0);
    port_ = ntohs(address.sin_port);
    acceptor_ = std::thread{[this] { accept_all(); }};
  }
  ~LoopbackService() { stop(); }
  LoopbackService(const LoopbackService&) = delete;
  LoopbackService& operator=(const LoopbackService&) = delete;

  std::string url() const { return "http://127.0.0.1:" + std::to_string(port_); }

  /// Runs `change` while no handler does.
  template <class Change>
  void change(Change change) {
    const std::lock_guard lock{mutex_};
    change();
  }
  std::vector<Asked> asked() const {
    const std::lock_guard lock{mutex_};
    return asked_;
  }
  /// How many requests began with `method target`.
  std::size_t count(const std::string& start) const {
    std::size_t count = 0;
    for (const Asked& one : asked()) count += (one.method + " " + one.target).starts_with(start);
    return count;
  }

  /// Idempotent. All connections are closed.
  void stop() {
    if (is_stopped_.exchange(true)) return;
    shutdown(listener_, SHUT_RDWR);
    acceptor_.join();
    close(listener_);
    {
      const std::lock_guard lock{mutex_};
      for (const int connection : connections_) shutdown(connection, SHUT_RDWR);
    }
    for (std::thread& thread : threads_) thread.join();
    for (const int connection : connections_) close(connection);
  }

 private:
  void accept_all() {
    for (;;) {
      const int connection = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
      if (connection < 0) return;
      const std::lock_guard lock{mutex_};
      connections_.push_back(connection);
      threads_.emplace_back([this, connection] { serve(connection); });
    }
  }

  void serve(int connection) {
    std::string read;
    for (;;) {
      Asked asked;
      if (!take_request(connection, read, asked)) break;
      Answer answer;
      {
        const std::lock_guard lock{mutex_};
        asked_.push_back(asked);
        answer = handler_(asked);
      }
      if (answer.is_silent) continue;
      std::string text = "HTTP/1.1 " + std::to_string(answer.status) +
                         " X\r\nContent-Length: " + std::to_string(answer.body.size()) + "\r\n" +
                         answer.headers + "\r\n" + answer.body;
      while (!text.empty()) {
        const ssize_t sent = send(connection, text.data(), text.size(), MSG_NOSIGNAL);
        if (sent <= 0) break;
        text.erase(0, static_cast<std::size_t>(sent));
      }
    }
    shutdown(connection, SHUT_RDWR);
  }

  static bool receive(int connection, std::string& read) {
    char buffer[4096];
    const ssize_t count = recv(connection, buffer, sizeof buffer, 0);
    if (count <= 0) return false;
    read.append(buffer, static_cast<std::size_t>(count));
    return true;
  }

  static bool take_request(int connection, std::string& read, Asked& asked) {
    std::size_t end = 0;
    while ((end = read.find("\r\n\r\n")) == std::string::npos) {
      if (!receive(connection, read)) return false;
    }
    const std::string head = read.substr(0, end + 2);
    read.erase(0, end + 4);
    const std::size_t first = head.find(' ');
    const std::size_t second = head.find(' ', first + 1);
    asked.method = head.substr(0, first);
    asked.target = head.substr(first + 1, second - first - 1);
    for (std::size_t at = head.find("\r\n") + 2; at < head.size();) {
      const std::size_t line_end = head.find("\r\n", at);
      const std::string line = head.substr(at, line_end - at);
      at = line_end + 2;
      const std::size_t colon = line.find(':');
      std::string name = line.substr(0, colon);
      for (char& c : name) c = static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
      const std::size_t value = line.find_first_not_of(' ', colon + 1);
      asked.headers[name] = value == std::string::npos ? "" : line.substr(value);
    }
    if (strcasecmp(asked.headers["expect"].c_str(), "100-continue") == 0) {
      constexpr char kContinue[] = "HTTP/1.1 100 Continue\r\n\r\n";
      if (send(connection, kContinue, sizeof kContinue - 1, MSG_NOSIGNAL) < 0) return false;
    }
    const auto length = static_cast<std::size_t>(
        std::strtoull(asked.headers["content-length"].c_str(), nullptr, 10));
    while (read.size() < length) {
      if (!receive(connection, read)) return false;
    }
    asked.body = read.substr(0, length);
    read.erase(0, length);
    return true;
  }

  mutable std::mutex mutex_;
  Handler handler_;
  std::vector<Asked> asked_;
  std::vector<int> connections_;
  std::vector<std::thread> threads_;
  std::atomic<bool> is_stopped_{false};
  int listener_ = -1;
  std::uint16_t port_ = 0;
  std::thread acceptor_;
};

}  // namespace gossamer::test
