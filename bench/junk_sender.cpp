#include "junk_sender.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <random>

namespace gossamer::bench {
namespace {

constexpr std::size_t kDatagramBytesMax = 65'536;
constexpr std::size_t kHeaderBytes = 40;
constexpr std::size_t kBurst = 64;

sockaddr_in address_of(const Endpoint& endpoint) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(endpoint.port);
  inet_pton(AF_INET, endpoint.address.c_str(), &address.sin_addr);
  return address;
}

int bound_socket() {
  const int descriptor = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  const sockaddr_in any = address_of({"127.0.0.1", 0});
  if (descriptor < 0 ||
      ::bind(descriptor, reinterpret_cast<const sockaddr*>(&any), sizeof(any)) != 0) {
    std::perror("gossamer-bench: junk: bind");
    std::exit(1);
  }
  return descriptor;
}

Endpoint endpoint_of(int socket) {
  sockaddr_in bound{};
  socklen_t size = sizeof(bound);
  ::getsockname(socket, reinterpret_cast<sockaddr*>(&bound), &size);
  return {"127.0.0.1", ntohs(bound.sin_port)};
}

using Packet = std::vector<std::uint8_t>;

/// The next packet of the kind, made of what was recorded.
Packet make(std::size_t kind, const std::vector<Packet>& recordings, std::mt19937_64& random) {
  const auto below = [&](std::size_t bound) { return static_cast<std::size_t>(random() % bound); };
  Packet packet = recordings[below(recordings.size())];
  switch (kind) {
    case 0:
    case 1: {
      const std::size_t kept = kind == 0 ? 0 : std::min(kHeaderBytes, packet.size());
      packet.resize(std::max<std::size_t>(kept, 1 + below(1400)));
      for (std::size_t i = kept; i < packet.size(); ++i) {
        packet[i] = static_cast<std::uint8_t>(random());
      }
      break;
    }
    case 2: break;
    case 3: packet.resize(1 + below(packet.size())); break;
    default: packet[below(packet.size())] ^= static_cast<std::uint8_t>(1U << below(8));
  }
  return packet;
}

}  // namespace

JunkSender::JunkSender() : relay_(bound_socket()) {
  endpoint_ = endpoint_of(relay_);
  const int free = bound_socket();
  node_ = endpoint_of(free);
  ::close(free);
  relaying_ = std::thread{[this] { relay(); }};
}

JunkSender::~JunkSender() {
  is_over_ = true;
  if (plaguing_.joinable()) plaguing_.join();
  relaying_.join();
  ::close(relay_);
}

std::size_t JunkSender::recorded() const {
  const std::lock_guard lock{mutex_};
  return recordings_.size();
}

void JunkSender::relay() {
  Packet buffer(kDatagramBytesMax);
  while (!is_over_) {
    std::vector<pollfd> waiting{{relay_, POLLIN, 0}};
    for (const Speaker& speaker : speakers_) waiting.push_back({speaker.socket, POLLIN, 0});
    if (::poll(waiting.data(), waiting.size(), 50) <= 0) continue;
    for (std::size_t i = 1; i < waiting.size(); ++i) {
      if ((waiting[i].revents & POLLIN) != 0) pass_back(speakers_[i - 1], buffer);
    }
    if ((waiting[0].revents & POLLIN) != 0) pass_on(buffer);
  }
  for (const Speaker& speaker : speakers_) ::close(speaker.socket);
}

void JunkSender::pass_on(Packet& buffer) {
  sockaddr_in from{};
  socklen_t size = sizeof(from);
  const ssize_t count = ::recvfrom(relay_, buffer.data(), buffer.size(), MSG_DONTWAIT,
                                   reinterpret_cast<sockaddr*>(&from), &size);
  if (count <= 0) return;
  const sockaddr_in node = address_of(node_);
  ::sendto(speaker_at({"127.0.0.1", ntohs(from.sin_port)}).socket, buffer.data(),
           static_cast<std::size_t>(count), 0, reinterpret_cast<const sockaddr*>(&node),
           sizeof(node));
  const std::lock_guard lock{mutex_};
  if (recordings_.size() < kRecordedMax) {
    recordings_.emplace_back(buffer.begin(), buffer.begin() + count);
  }
}

void JunkSender::pass_back(const Speaker& speaker, Packet& buffer) {
  const ssize_t count = ::recv(speaker.socket, buffer.data(), buffer.size(), MSG_DONTWAIT);
  if (count <= 0) return;
  const sockaddr_in to = address_of(speaker.from);
  ::sendto(relay_, buffer.data(), static_cast<std::size_t>(count), 0,
           reinterpret_cast<const sockaddr*>(&to), sizeof(to));
}

const JunkSender::Speaker& JunkSender::speaker_at(const Endpoint& from) {
  for (const Speaker& speaker : speakers_) {
    if (speaker.from == from) return speaker;
  }
  return speakers_.emplace_back(Speaker{from, bound_socket()});
}

void JunkSender::begin(const std::vector<Endpoint>& victims, std::size_t packets,
                       std::size_t per_second) {
  plaguing_ = std::thread{[=, this] { plague(victims, packets, per_second); }};
}

void JunkSender::plague(std::vector<Endpoint> victims, std::size_t packets,
                        std::size_t per_second) {
  std::vector<Packet> recordings;
  {
    const std::lock_guard lock{mutex_};
    recordings = recordings_;
  }
  const int socket = bound_socket();
  std::mt19937_64 random{1};
  std::vector<sockaddr_in> addresses;
  for (const Endpoint& victim : victims) addresses.push_back(address_of(victim));
  const auto began = std::chrono::steady_clock::now();
  for (std::size_t i = 0; i < packets && !is_over_; ++i) {
    if (i % kBurst == 0) {
      std::this_thread::sleep_until(began +
                                    std::chrono::nanoseconds{i * 1'000'000'000 / per_second});
    }
    const Packet packet = make(i % 5, recordings, random);
    const sockaddr_in& to = addresses[i / 5 % addresses.size()];
    ::sendto(socket, packet.data(), packet.size(), 0, reinterpret_cast<const sockaddr*>(&to),
             sizeof(to));
    ++sent_;
  }
  seconds_ = std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
  ::close(socket);
  is_done_ = true;
}

}  // namespace gossamer::bench
