#pragma once

#include <sys/socket.h>
#include <sys/un.h>

#include <catch2/catch.hpp>
#include <cerrno>
#include <cstring>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "admin/server.hpp"
#include "loop_fixture.hpp"
#include "transport/socket_address.hpp"

namespace gossamer::test {

/// Does with requests what the test says.
struct AdminHandler : admin::RequestHandler {
  void on_request(admin::ClientId client, std::string_view line) override {
    requests.emplace_back(line);
    clients.push_back(client);
    if (answer) answer(client, requests.back());
  }
  void on_gone(admin::ClientId client) override { gone.push_back(client); }

  std::function<void(admin::ClientId, const std::string&)> answer{};
  std::vector<std::string> requests{};
  std::vector<admin::ClientId> clients{};
  std::vector<admin::ClientId> gone{};
};

/// A client of the same thread: it never blocks, and reads when the test says so.
class AdminSocketClient {
 public:
  explicit AdminSocketClient(const std::string& path)
      : socket_(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path, path.data(), path.size());
    is_connected_ =
        ::connect(socket_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0;
  }
  /// By TCP, from one of this machine's own addresses.
  explicit AdminSocketClient(const Endpoint& endpoint, const std::string& from = "127.0.0.1")
      : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    const auto own = to_socket_address({from, 0});
    const auto address = to_socket_address(endpoint);
    REQUIRE(::bind(socket_.get(), own->get(), own->size) == 0);
    // On loopback it is in the backlog at once.
    is_connected_ = ::connect(socket_.get(), address->get(), address->size) == 0;
  }

  bool is_connected() const { return is_connected_; }
  /// How much the system took.
  std::size_t send(std::string_view text) {
    const ssize_t count =
        ::send(socket_.get(), text.data(), text.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    return count > 0 ? static_cast<std::size_t>(count) : 0;
  }
  void end_input() { ::shutdown(socket_.get(), SHUT_WR); }
  /// All that has come so far.
  const std::string& received() {
    char chunk[4096];
    for (;;) {
      const ssize_t count = ::recv(socket_.get(), chunk, sizeof(chunk), MSG_DONTWAIT);
      if (count <= 0) {
        is_cut_off_ = is_cut_off_ || count == 0 || (errno != EAGAIN && errno != EWOULDBLOCK);
        return received_;
      }
      received_.append(chunk, static_cast<std::size_t>(count));
    }
  }
  bool is_cut_off() {
    received();
    return is_cut_off_;
  }

 private:
  FileDescriptor socket_;
  bool is_connected_ = false;
  bool is_cut_off_ = false;
  std::string received_{};
};

}  // namespace gossamer::test
