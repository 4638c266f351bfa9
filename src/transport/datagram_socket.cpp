#include "transport/datagram_socket.hpp"

#include <linux/sock_diag.h>
#include <sys/uio.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <memory>
#include <utility>

namespace gossamer {
namespace {

constexpr std::size_t kBatchSize = 16;
// The longest datagram fits, so none is ever cut.
constexpr std::size_t kSlotBytes = 64 * 1024;
// In one turn of the loop, so that a flood does not starve connections and timers.
constexpr std::size_t kReadsPerTurn = 4 * kBatchSize;
// Read one by one before more are taken for a crowd.
constexpr std::size_t kFewMax = 4;

void ask_for_buffer(int socket, int forced, int polite, int bytes) {
  // The forced one passes the machine's limit, for a process that may.
  if (setsockopt(socket, SOL_SOCKET, forced, &bytes, sizeof(bytes)) != 0) {
    setsockopt(socket, SOL_SOCKET, polite, &bytes, sizeof(bytes));
  }
}

}  // namespace

/// Where recvmmsg puts datagrams, a megabyte that a crowd of them is worth.
struct DatagramSocket::Batch {
  Batch() : bytes(std::make_unique_for_overwrite<Slot[]>(kBatchSize)) {
    for (std::size_t i = 0; i < kBatchSize; ++i) {
      parts[i].iov_base = bytes[i].data;
      parts[i].iov_len = kSlotBytes;
    }
  }
  /// The kernel overwrites these with what it found.
  void prepare() {
    for (std::size_t i = 0; i < kBatchSize; ++i) {
      senders[i].size = sizeof(sockaddr_storage);
      msghdr& header = headers[i].msg_hdr;
      header = {};
      header.msg_name = senders[i].get();
      header.msg_namelen = senders[i].size;
      header.msg_iov = &parts[i];
      header.msg_iovlen = 1;
    }
  }
  struct alignas(8) Slot {
    std::uint8_t data[kSlotBytes];
  };
  std::unique_ptr<Slot[]> bytes;
  std::array<iovec, kBatchSize> parts{};
  std::array<SocketAddress, kBatchSize> senders{};
  std::array<mmsghdr, kBatchSize> headers{};
};

DatagramSocket::DatagramSocket(Receiver& receiver, NetworkCounters& counters)
    : receiver_(receiver), counters_(counters) {}

Result<void> DatagramSocket::open(UvLoop& loop, FileDescriptor descriptor, int family,
                                  const NetworkLimits& limits) {
  family_ = family;
  peers_ = limits.peers;
  const int number = descriptor.get();
  ask_for_buffer(number, SO_RCVBUFFORCE, SO_RCVBUF, limits.socket_buffer_bytes);
  ask_for_buffer(number, SO_SNDBUFFORCE, SO_SNDBUF, limits.socket_buffer_bytes);
  Result<void> opened =
      socket_.open(loop, std::move(descriptor), [this](int) { read_now(kReadsPerTurn); });
  if (opened) socket_.watch(UV_READABLE);
  return opened;
}

void DatagramSocket::send(const Endpoint& to, ByteView bytes) {
  if (!socket_.is_open()) return;
  const std::optional<SocketAddress> address = to_socket_address(to, family_);
  if (!address) {
    ++counters_.datagrams_dropped_failed;
    return;
  }
  if (!peers_.contains(*address)) {
    ++counters_.datagrams_outside;
    return;
  }
  ssize_t sent = 0;
  do {
    sent = sendto(socket_.descriptor(), bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL,
                  address->get(), address->size);
  } while (sent < 0 && errno == EINTR);
  if (sent >= 0) {
    ++counters_.datagrams_sent;
    counters_.datagram_bytes_sent += bytes.size();
  } else if (errno == EAGAIN || errno == ENOBUFS || errno == ENOMEM) {
    ++counters_.datagrams_dropped_full;
  } else {
    ++counters_.datagrams_dropped_failed;
  }
}

std::size_t DatagramSocket::read_now(std::size_t count_max) {
  GOSSAMER_ASSERT(!is_reading_);
  is_reading_ = true;
  std::size_t total = read_few(std::min(count_max, kFewMax));
  if (total == kFewMax && total < count_max && socket_.is_open()) {
    Batch batch;
    while (total < count_max && socket_.is_open()) {
      const std::size_t count = read_batch(batch);
      total += count;
      if (count < kBatchSize) break;
    }
  }
  is_reading_ = false;
  return total;
}

// On the stack: most often there is one, and nothing need be kept for the next. So a node that
// waits holds no buffer, however many share a loop.
std::size_t DatagramSocket::read_few(std::size_t count_max) {
  alignas(8) std::uint8_t slot[kSlotBytes];
  SocketAddress sender;
  std::size_t total = 0;
  while (total < count_max && socket_.is_open()) {
    sender.size = sizeof(sender.storage);
    const ssize_t size = recvfrom(socket_.descriptor(), slot, sizeof(slot), MSG_DONTWAIT,
                                  sender.get(), &sender.size);
    if (size < 0 && errno == EINTR) continue;
    if (size < 0) break;
    ++total;
    take(sender, {slot, static_cast<std::size_t>(size)});
  }
  return total;
}

std::size_t DatagramSocket::read_batch(Batch& batch) {
  batch.prepare();
  int count = 0;
  do {
    count = recvmmsg(socket_.descriptor(), batch.headers.data(), kBatchSize, MSG_DONTWAIT, nullptr);
  } while (count < 0 && errno == EINTR);
  if (count <= 0) return 0;
  for (std::size_t i = 0; i < static_cast<std::size_t>(count); ++i) {
    batch.senders[i].size = batch.headers[i].msg_hdr.msg_namelen;
    take(batch.senders[i], {batch.bytes[i].data, batch.headers[i].msg_len});
    if (!socket_.is_open()) break;
  }
  return static_cast<std::size_t>(count);
}

void DatagramSocket::take(const SocketAddress& sender, ByteView bytes) {
  if (!peers_.contains(sender)) {
    ++counters_.datagrams_outside;
    return;
  }
  ++counters_.datagrams_received;
  counters_.datagram_bytes_received += bytes.size();
  receiver_.on_datagram(to_endpoint(sender), bytes);
}

std::uint64_t DatagramSocket::lost_by_kernel() const {
  std::array<std::uint32_t, SK_MEMINFO_VARS> info{};
  socklen_t size = sizeof(info);
  if (!socket_.is_open() ||
      getsockopt(socket_.descriptor(), SOL_SOCKET, SO_MEMINFO, info.data(), &size) != 0) {
    return 0;
  }
  return info[SK_MEMINFO_DROPS];
}

}  // namespace gossamer
