#pragma once

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

namespace gossamer {

/// Lets the kernel ask now and then whether the other end of an idle connection still knows it: a
/// machine that lost power has sent no end, and its place would be held for ever. Slow, because it
/// is not how deaths are found; more often than what lies between forgets idle connections (NAT:
/// mostly after 5 minutes or more).
inline void set_slow_keepalive(int socket) {
  constexpr int kIdleSeconds = 120;
  constexpr int kBetweenSeconds = 30;
  constexpr int kUnansweredMax = 4;
  const auto set = [socket](int level, int option, int value) {
    setsockopt(socket, level, option, &value, sizeof(value));
  };
  set(SOL_SOCKET, SO_KEEPALIVE, 1);
  set(IPPROTO_TCP, TCP_KEEPIDLE, kIdleSeconds);
  set(IPPROTO_TCP, TCP_KEEPINTVL, kBetweenSeconds);
  set(IPPROTO_TCP, TCP_KEEPCNT, kUnansweredMax);
}

}  // namespace gossamer
