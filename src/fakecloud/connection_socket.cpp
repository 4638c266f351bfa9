#include "fakecloud/connection_socket.hpp"

#include <poll.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>

namespace gossamer::fakecloud {
namespace {

using Clock = std::chrono::steady_clock;
using Milliseconds = ConnectionSocket::Milliseconds;

int left_until(Clock::time_point deadline) {
  const auto left = std::chrono::ceil<Milliseconds>(deadline - Clock::now()).count();
  return left < 0 ? 0 : static_cast<int>(left < 60'000 ? left : 60'000);
}

bool may_come_later() {
  return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR;
}

}  // namespace

bool ConnectionSocket::wait_for(short events, Milliseconds limit) {
  const auto deadline = Clock::now() + limit;
  for (;;) {
    std::array<pollfd, 2> polled{pollfd{socket_.get(), events, 0}, pollfd{stop_, POLLIN, 0}};
    const int count = ::poll(polled.data(), polled.size(), left_until(deadline));
    if (count < 0 && errno != EINTR) return false;
    if (polled[1].revents != 0 && count > 0) return false;
    if (count > 0) return true;
    if (Clock::now() >= deadline) return false;
  }
}

std::size_t ConnectionSocket::read_some(std::uint8_t* into, std::size_t size, Milliseconds limit) {
  for (;;) {
    if (!wait_for(POLLIN, limit)) return 0;
    const ssize_t count = ::recv(socket_.get(), into, size, MSG_DONTWAIT);
    if (count >= 0) return static_cast<std::size_t>(count);
    if (!may_come_later()) return 0;
  }
}

bool ConnectionSocket::write_all(ByteView bytes, Milliseconds limit) {
  while (!bytes.empty()) {
    const ssize_t count =
        ::send(socket_.get(), bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
    if (count > 0) {
      bytes = bytes.subspan(static_cast<std::size_t>(count));
    } else if (!may_come_later() || !wait_for(POLLOUT, limit)) {
      return false;
    }
  }
  return true;
}

bool ConnectionSocket::pause(Milliseconds time) {
  const auto deadline = Clock::now() + time;
  // POLLRDHUP and not POLLIN: a client that only sends more is no reason to hurry.
  while (Clock::now() < deadline) {
    if (wait_for(POLLRDHUP, std::chrono::ceil<Milliseconds>(deadline - Clock::now()))) return false;
    std::array<pollfd, 1> polled{pollfd{stop_, POLLIN, 0}};
    if (::poll(polled.data(), polled.size(), 0) > 0) return false;
  }
  return true;
}

void ConnectionSocket::wait_for_end() {
  while (pause(std::chrono::hours{1})) {
  }
}

void ConnectionSocket::finish_politely() {
  ::shutdown(socket_.get(), SHUT_WR);
  const auto deadline = Clock::now() + std::chrono::seconds{2};
  std::array<std::uint8_t, 16'384> dropped;
  while (Clock::now() < deadline &&
         read_some(dropped.data(), dropped.size(), std::chrono::milliseconds{500}) > 0) {
  }
  socket_.close();
}

void ConnectionSocket::reset() {
  const linger hard{1, 0};
  ::setsockopt(socket_.get(), SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
  socket_.close();
}

}  // namespace gossamer::fakecloud
