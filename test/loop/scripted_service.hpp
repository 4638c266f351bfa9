#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace gossamer::test {

/// A service on loopback that answers each request with the next of its answers, or with 500 when
/// there is none left, and remembers what it was asked. One connection at a time, one request each.
class ScriptedService {
 public:
  /// Gets the head of a request, as it came; gives the whole answer.
  using Answer = std::function<std::string(const std::string& head)>;

  explicit ScriptedService(std::vector<Answer> answers)
      : answers_(answers.begin(), answers.end()), listener_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t length = sizeof address;
    auto* const plain = reinterpret_cast<sockaddr*>(&address);
    REQUIRE(::bind(listener_, plain, length) == 0);
    REQUIRE(::listen(listener_, 64) == 0);
    REQUIRE(::getsockname(listener_, plain, &length) == 0);
    port_ = ntohs(address.sin_port);
    thread_ = std::thread{[this] { serve(); }};
  }
  ~ScriptedService() {
    ::shutdown(listener_, SHUT_RDWR);
    thread_.join();
    ::close(listener_);
  }
  ScriptedService(const ScriptedService&) = delete;
  ScriptedService& operator=(const ScriptedService&) = delete;

  std::string endpoint() const { return "http://127.0.0.1:" + std::to_string(port_); }
  std::vector<std::string> requests() {
    const std::lock_guard lock{mutex_};
    return requests_;
  }

  /// A whole answer. `headers` are lines that end in CR LF.
  static std::string answer(int status, const std::string& body, const std::string& headers = {}) {
    return "HTTP/1.1 " + std::to_string(status) +
           " X\r\nConnection: close\r\nContent-Length: " + std::to_string(body.size()) + "\r\n" +
           headers + "\r\n" + body;
  }

 private:
  void serve() {
    for (;;) {
      const int connection = ::accept(listener_, nullptr, nullptr);
      if (connection < 0) return;
      serve_one(connection);
      ::close(connection);
    }
  }

  void serve_one(int connection) {
    std::string head;
    char buffer[4096];
    while (head.find("\r\n\r\n") == std::string::npos) {
      const ssize_t count = ::recv(connection, buffer, sizeof buffer, 0);
      if (count <= 0) return;
      head.append(buffer, static_cast<std::size_t>(count));
    }
    const std::string text = next_answer(head);
    (void)::send(connection, text.data(), text.size(), MSG_NOSIGNAL);
  }

  std::string next_answer(const std::string& head) {
    Answer next;
    {
      const std::lock_guard lock{mutex_};
      requests_.push_back(head);
      if (answers_.empty()) return answer(500, "the script is over");
      next = std::move(answers_.front());
      answers_.pop_front();
    }
    return next(head);
  }

  std::mutex mutex_;
  std::deque<Answer> answers_;
  std::vector<std::string> requests_;
  int listener_;
  std::uint16_t port_ = 0;
  std::thread thread_;
};

}  // namespace gossamer::test
