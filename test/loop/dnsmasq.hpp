#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <catch2/catch.hpp>
#include <chrono>
#include <cstdint>
#include <string>
#include <thread>
#include <vector>

extern char** environ;  // NOLINT: POSIX.

namespace gossamer::test {

/// A datagram socket on a free port of 127.0.0.1, for a name server that says what the test wants.
class LoopbackDatagrams {
 public:
  LoopbackDatagrams() : socket_(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t length = sizeof address;
    REQUIRE(::bind(socket_, reinterpret_cast<sockaddr*>(&address), length) == 0);
    REQUIRE(::getsockname(socket_, reinterpret_cast<sockaddr*>(&address), &length) == 0);
    port_ = ntohs(address.sin_port);
  }
  ~LoopbackDatagrams() { ::close(socket_); }
  LoopbackDatagrams(const LoopbackDatagrams&) = delete;
  LoopbackDatagrams& operator=(const LoopbackDatagrams&) = delete;
  int get() const { return socket_; }
  std::uint16_t port() const { return port_; }

 private:
  int socket_;
  std::uint16_t port_ = 0;
};

/// dnsmasq on a free loopback port, without the machine's hosts, servers or configuration.
class Dnsmasq {
 public:
  explicit Dnsmasq(const std::vector<std::string>& records) {
    // Its port was free a moment ago; should somebody have taken it since, try another.
    for (int attempt = 0; attempt < 5 && pid_ < 0; ++attempt) start(records);
    REQUIRE(pid_ > 0);
  }
  ~Dnsmasq() { stop(); }
  Dnsmasq(const Dnsmasq&) = delete;
  Dnsmasq& operator=(const Dnsmasq&) = delete;

  std::string port() const { return std::to_string(port_); }

  void stop() {
    if (pid_ < 0) return;
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
    pid_ = -1;
  }

 private:
  void start(const std::vector<std::string>& records) {
    {
      const LoopbackDatagrams free;
      port_ = free.port();
    }
    std::vector<std::string> words{"dnsmasq",
                                   "--keep-in-foreground",
                                   "--conf-file=/dev/null",
                                   "--no-resolv",
                                   "--no-hosts",
                                   "--pid-file=",
                                   "--user=",
                                   "--log-facility=/dev/null",
                                   "--bind-interfaces",
                                   "--listen-address=127.0.0.1",
                                   "--local=/example/",
                                   "--port=" + port()};
    words.insert(words.end(), records.begin(), records.end());
    std::vector<char*> arguments;
    for (std::string& word : words) arguments.push_back(word.data());
    arguments.push_back(nullptr);
    const char* const program =
        ::access("/usr/sbin/dnsmasq", X_OK) == 0 ? "/usr/sbin/dnsmasq" : "dnsmasq";
    REQUIRE(::posix_spawnp(&pid_, program, nullptr, nullptr, arguments.data(), environ) == 0);
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds{10};
    while (std::chrono::steady_clock::now() < deadline) {
      if (is_answering()) return;
      if (::waitpid(pid_, nullptr, WNOHANG) == pid_) {
        pid_ = -1;
        return;
      }
      std::this_thread::yield();
    }
    stop();
  }

  /// Whether it answers. Not by a connect: tried often, one to a port where nobody listens yet
  /// draws that very port for its own end, and reaches itself.
  bool is_answering() const {
    const LoopbackDatagrams asking;
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port_);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::connect(asking.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
      return false;
    }
    // "Which name servers has the root?": any answer will do, a refusal too.
    const std::array<std::uint8_t, 17> question{0, 1, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0, 1};
    if (::send(asking.get(), question.data(), question.size(), MSG_NOSIGNAL) < 0) return false;
    pollfd waiting{asking.get(), POLLIN, 0};
    if (::poll(&waiting, 1, 100) != 1) return false;
    std::array<std::uint8_t, 512> answer{};
    const bool is_whole = ::recv(asking.get(), answer.data(), answer.size(), 0) >= 12;
    return is_whole && (answer[2] & 0x80U) != 0;
  }

  pid_t pid_ = -1;
  std::uint16_t port_ = 0;
};

}  // namespace gossamer::test
