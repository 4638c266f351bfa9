#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <catch2/catch.hpp>
#include <cstdint>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "dnsmasq.hpp"

namespace gossamer::test {

/// A name server on loopback that answers by one code, says that the answer is cut if it is to, and
/// takes connections on which it never says a word. A forged answer always comes before its own. On
/// a thread of its own.
class CuttingNameServer {
 public:
  struct Answer {
    std::uint8_t code = 0;
    bool is_cut = false;
    std::vector<std::uint8_t> records{};  ///< As they stand on the wire; they all count as answers.
    std::uint8_t record_count = 0;
  };
  explicit CuttingNameServer(Answer answer) : answer_(std::move(answer)) {
    // A port that is free for datagrams may be somebody's for streams.
    bool is_bound = false;
    for (int tries = 0; tries < 100 && !is_bound; ++tries) is_bound = bind_both();
    REQUIRE(is_bound);
    // Nobody accepts: the system does, and then there is silence.
    REQUIRE(::listen(listener_, 16) == 0);
    thread_ = std::thread{[this] { serve(); }};
  }
  ~CuttingNameServer() {
    is_stopped_ = true;
    thread_.join();
    ::close(listener_);
  }
  CuttingNameServer(const CuttingNameServer&) = delete;
  CuttingNameServer& operator=(const CuttingNameServer&) = delete;
  std::string port() const { return std::to_string(socket_->port()); }
  int answered() const { return answered_; }
  /// An A record of the name that was asked for.
  static std::vector<std::uint8_t> address_record(std::vector<std::uint8_t> address) {
    std::vector<std::uint8_t> record{0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4};
    record.insert(record.end(), address.begin(), address.end());
    return record;
  }

 private:
  bool bind_both() {
    socket_ = std::make_unique<LoopbackDatagrams>();
    listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(socket_->port());
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::bind(listener_, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0) return true;
    ::close(listener_);
    return false;
  }
  void serve() {
    while (!is_stopped_) {
      pollfd waiting{socket_->get(), POLLIN, 0};
      if (::poll(&waiting, 1, 20) != 1) continue;
      std::vector<std::uint8_t> message(512);
      sockaddr_storage peer{};
      socklen_t length = sizeof peer;
      auto* const address = reinterpret_cast<sockaddr*>(&peer);
      const ssize_t size =
          ::recvfrom(socket_->get(), message.data(), message.size(), 0, address, &length);
      if (size < 12) continue;
      message.resize(static_cast<std::size_t>(size));
      message[2] = static_cast<std::uint8_t>(message[2] | 0x80U | (answer_.is_cut ? 0x02U : 0U));
      message[3] = answer_.code;
      // Of the question for IPv4 only: type A is 1.
      if (message[message.size() - 3] == 1) {
        message[7] = answer_.record_count;
        message.insert(message.end(), answer_.records.begin(), answer_.records.end());
      }
      // Before it one of another id, as a forger would send.
      for (const unsigned forged : {0xffU, 0U}) {
        std::vector<std::uint8_t> sent = message;
        sent[0] = static_cast<std::uint8_t>(sent[0] ^ forged);
        ::sendto(socket_->get(), sent.data(), sent.size(), 0, address, length);
      }
      ++answered_;
    }
  }

  const Answer answer_;
  std::unique_ptr<LoopbackDatagrams> socket_;
  int listener_ = -1;
  std::atomic<bool> is_stopped_{false};
  std::atomic<int> answered_{0};
  std::thread thread_;
};

}  // namespace gossamer::test
