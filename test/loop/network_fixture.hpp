#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <catch2/catch.hpp>
#include <cerrno>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "gossamer/bytes.hpp"
#include "loop/loop_fixture.hpp"
#include "transport/file_descriptor.hpp"
#include "transport/receiver.hpp"
#include "transport/socket_address.hpp"
#include "transport/uv_network.hpp"

namespace gossamer::test {

inline Bytes pattern(std::size_t size, std::uint8_t salt = 0) {
  Bytes bytes(size);
  for (std::size_t i = 0; i < size; ++i)
    bytes[i] = static_cast<std::uint8_t>(i * 31 + i / 251 + salt);
  return bytes;
}

/// Keeps what arrives, and then does what the test asks for.
struct Recorder final : Receiver {
  struct Arrival {
    Endpoint from{};
    Bytes bytes{};
  };
  void on_datagram(const Endpoint& from, ByteView bytes) override {
    are_aligned = are_aligned && reinterpret_cast<std::uintptr_t>(bytes.data()) % 8 == 0;
    datagrams.push_back({from, Bytes(bytes.begin(), bytes.end())});
    if (then) then();
  }
  void on_frame(const Endpoint& from, ByteView bytes) override {
    frames.push_back({from, Bytes(bytes.begin(), bytes.end())});
    if (then) then();
  }
  void on_link(const Endpoint& peer, LinkEvent event) override {
    links.emplace_back(peer, event);
    if (then) then();
  }
  bool are_aligned = true;
  std::vector<Arrival> datagrams{};
  std::vector<Arrival> frames{};
  std::vector<std::pair<Endpoint, LinkEvent>> links{};
  std::function<void()> then{};
};

/// A node's network without a node.
struct Host {
  explicit Host(UvLoop& loop, const NetworkLimits& limits = {},
                const Endpoint& bind = {"127.0.0.1", 0}) {
    auto opened = UvNetwork::open(loop, bind, received, limits);
    INFO((opened ? "" : opened.error().detail));
    REQUIRE(opened);
    network = std::move(*opened);
  }
  const Endpoint& endpoint() const { return network->endpoint(); }

  Recorder received{};
  std::unique_ptr<UvNetwork> network{};
};

/// A TCP client that does as it likes: plain blocking calls, except that it never waits to read.
class RawClient {
 public:
  /// `from` is one of this machine's own addresses.
  explicit RawClient(const Endpoint& to, const std::string& from = "127.0.0.1")
      : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    const auto own = to_socket_address({from, 0});
    const auto address = to_socket_address(to);
    REQUIRE((own && address));
    REQUIRE(::bind(socket_.get(), own->get(), own->size) == 0);
    REQUIRE(::connect(socket_.get(), address->get(), address->size) == 0);
  }
  /// False once the other side has closed.
  bool send(ByteView bytes) {
    return ::send(socket_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL) ==
           static_cast<ssize_t>(bytes.size());
  }
  bool is_closed_by_peer() {
    char byte = 0;
    const ssize_t count = recv(socket_.get(), &byte, 1, MSG_DONTWAIT);
    return count == 0 || (count < 0 && errno != EAGAIN);
  }
  Endpoint local() const {
    SocketAddress address;
    REQUIRE(getsockname(socket_.get(), address.get(), &address.size) == 0);
    return to_endpoint(address);
  }
  void close() { socket_.close(); }

 private:
  FileDescriptor socket_;
};

}  // namespace gossamer::test
