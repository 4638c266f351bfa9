#include "lossy_network.hpp"

#include <sys/socket.h>

#include <atomic>
#include <random>

// Names that the linker's --wrap gives, as in bench/CMakeLists.txt.
extern "C" {
ssize_t __real_sendto(int socket, const void* bytes, size_t size, int flags, const sockaddr* to,
                      socklen_t to_size);
ssize_t __real_sendmsg(int socket, const msghdr* message, int flags);
int __real_sendmmsg(int socket, mmsghdr* messages, unsigned count, int flags);
ssize_t __wrap_sendto(int socket, const void* bytes, size_t size, int flags, const sockaddr* to,
                      socklen_t to_size);
ssize_t __wrap_sendmsg(int socket, const msghdr* message, int flags);
int __wrap_sendmmsg(int socket, mmsghdr* messages, unsigned count, int flags);
}

namespace gossamer::bench {
namespace {

std::atomic<std::size_t> loss_percent{0};
std::atomic<std::uint64_t> lost_datagrams{0};

bool is_losing() {
  return loss_percent.load(std::memory_order_relaxed) > 0;
}

bool is_lost() {
  const std::size_t percent = loss_percent.load(std::memory_order_relaxed);
  if (percent == 0) return false;
  thread_local std::minstd_rand random{std::random_device{}()};
  if (std::uniform_int_distribution<std::size_t>{0, 99}(random) >= percent) return false;
  lost_datagrams.fetch_add(1, std::memory_order_relaxed);
  return true;
}

std::size_t bytes_of(const msghdr& message) {
  std::size_t sum = 0;
  for (std::size_t i = 0; i < message.msg_iovlen; ++i) sum += message.msg_iov[i].iov_len;
  return sum;
}

ssize_t send_message(int socket, const msghdr& message, int flags) {
  const bool is_datagram = message.msg_name != nullptr;
  return is_datagram && is_lost() ? static_cast<ssize_t>(bytes_of(message))
                                  : __real_sendmsg(socket, &message, flags);
}

}  // namespace

void lose_datagrams(std::size_t percent) {
  loss_percent = percent;
}
std::uint64_t datagrams_lost() {
  return lost_datagrams;
}

}  // namespace gossamer::bench

ssize_t __wrap_sendto(int socket, const void* bytes, size_t size, int flags, const sockaddr* to,
                      socklen_t to_size) {
  if (to != nullptr && gossamer::bench::is_lost()) return static_cast<ssize_t>(size);
  return __real_sendto(socket, bytes, size, flags, to, to_size);
}

ssize_t __wrap_sendmsg(int socket, const msghdr* message, int flags) {
  return gossamer::bench::send_message(socket, *message, flags);
}

int __wrap_sendmmsg(int socket, mmsghdr* messages, unsigned count, int flags) {
  if (!gossamer::bench::is_losing()) return __real_sendmmsg(socket, messages, count, flags);
  for (unsigned i = 0; i < count; ++i) {
    const ssize_t sent = gossamer::bench::send_message(socket, messages[i].msg_hdr, flags);
    if (sent < 0) return i == 0 ? -1 : static_cast<int>(i);
    messages[i].msg_len = static_cast<unsigned>(sent);
  }
  return static_cast<int>(count);
}
