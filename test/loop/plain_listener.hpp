#pragma once

#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <utility>

#include "loop/network_fixture.hpp"

namespace gossamer::test {

/// Listens on loopback and does nothing of its own: the kernel completes what its backlog has room
/// for.
class PlainListener {
 public:
  explicit PlainListener(int backlog = 8, const Endpoint& at = {"127.0.0.1", 0})
      : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    const int on = 1;
    setsockopt(socket_.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
    const auto address = to_socket_address(at);
    REQUIRE(address);
    REQUIRE(bind(socket_.get(), address->get(), address->size) == 0);
    REQUIRE(listen(socket_.get(), backlog) == 0);
    SocketAddress bound;
    REQUIRE(getsockname(socket_.get(), bound.get(), &bound.size) == 0);
    endpoint_ = to_endpoint(bound);
  }
  const Endpoint& endpoint() const { return endpoint_; }
  /// Waits for one that has connected.
  FileDescriptor accept() {
    FileDescriptor taken{::accept4(socket_.get(), nullptr, nullptr, SOCK_CLOEXEC)};
    REQUIRE(taken.is_open());
    return taken;
  }
  void close() { socket_.close(); }

 private:
  FileDescriptor socket_;
  Endpoint endpoint_{};
};

/// A process that listens, until it is killed; at this test's end at the latest.
class ListeningProcess {
 public:
  ListeningProcess() {
    int pipe_ends[2] = {-1, -1};
    REQUIRE(pipe2(pipe_ends, O_CLOEXEC) == 0);
    const FileDescriptor reading{pipe_ends[0]};
    FileDescriptor writing{pipe_ends[1]};
    id_ = fork();
    REQUIRE(id_ >= 0);
    if (id_ == 0) listen_for_ever(writing.get());
    writing.close();
    std::uint16_t port = 0;
    REQUIRE(read(reading.get(), &port, sizeof(port)) == static_cast<ssize_t>(sizeof(port)));
    endpoint_ = {"127.0.0.1", port};
  }
  ListeningProcess(const ListeningProcess&) = delete;
  ListeningProcess& operator=(const ListeningProcess&) = delete;
  ~ListeningProcess() { kill(); }

  const Endpoint& endpoint() const { return endpoint_; }
  void stop() const { REQUIRE(::kill(id_, SIGSTOP) == 0); }
  void kill() {
    if (id_ <= 0) return;
    ::kill(id_, SIGKILL);
    waitpid(std::exchange(id_, -1), nullptr, 0);
  }

 private:
  // In the child of a fork: nothing but system calls.
  [[noreturn]] static void listen_for_ever(int port_to) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    const int socket = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof(address);
    auto* const at = reinterpret_cast<sockaddr*>(&address);
    if (bind(socket, at, size) != 0 || listen(socket, 8) != 0 ||
        getsockname(socket, at, &size) != 0)
      _exit(1);
    const std::uint16_t port = ntohs(address.sin_port);
    if (write(port_to, &port, sizeof(port)) != static_cast<ssize_t>(sizeof(port))) _exit(1);
    for (;;) ::accept(socket, nullptr, nullptr);
  }

  pid_t id_ = -1;
  Endpoint endpoint_{};
};

}  // namespace gossamer::test
