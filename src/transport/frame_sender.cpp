#include "transport/frame_sender.hpp"

#include <sys/uio.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "transport/outgoing_socket.hpp"

namespace gossamer {
namespace {

// For each write: length and bytes of so many frames.
constexpr std::size_t kFramesPerWrite = 16;

iovec part_of(const std::uint8_t* data, std::size_t size, std::size_t skip) {
  // The system takes iovecs for reading and writing alike, hence not const.
  return {const_cast<std::uint8_t*>(data) + skip, size - skip};
}

}  // namespace

FrameSender::FrameSender(UvLoop& loop, Clock& clock, const SocketAddress& local,
                         const NetworkLimits& limits, NetworkCounters& counters)
    : loop_(loop),
      clock_(clock),
      local_(local),
      limits_(limits),
      counters_(counters),
      sweep_(loop, clock, [this](Instant now, Duration stalled) { on_sweep(now, stalled); }) {}

void FrameSender::send(const Endpoint& to, Bytes bytes) {
  if (is_closed_) return;
  if (bytes.empty() || bytes.size() > limits_.frame_bytes_max) {
    ++counters_.frames_dropped_failed;
    return;
  }
  auto at = connections_.find(to);
  if (at == connections_.end()) at = connect(to);
  if (at == connections_.end()) return;
  Connection& connection = at->second;
  if (connection.queue.size() >= limits_.queue_frames_max ||
      connection.queued_bytes >= limits_.queue_bytes_max ||
      queued_bytes_ + bytes.size() > limits_.queued_bytes_max) {
    ++counters_.frames_dropped_full;
    return;
  }
  // Patience with a peer that does not read is counted from when there is something to read.
  if (connection.is_connected && connection.queue.empty()) connection.progress_at = clock_.now();
  connection.queued_bytes += bytes.size();
  queued_bytes_ += bytes.size();
  const auto length = encode_frame_length(bytes.size());
  connection.queue.push_back({length, std::move(bytes)});
  const bool is_next = connection.queue.size() == 1;
  if (connection.is_connected && is_next && !write_queue(connection)) {
    drop(at);
    return;
  }
  rewatch(connection);
}

FrameSender::Connections::iterator FrameSender::connect(const Endpoint& to) {
  const auto address = to_socket_address(to);
  if (!address || !limits_.peers.contains(*address)) {
    ++counters_.frames_dropped_failed;
    return connections_.end();
  }
  if (connections_.size() >= limits_.destinations_max && !make_room()) {
    ++counters_.frames_dropped_full;
    return connections_.end();
  }
  OutgoingSocket outgoing = start_connecting(*address, local_);
  UvSocket socket;
  if (outgoing.error != 0 || !socket.open(loop_, std::move(outgoing.descriptor),
                                          [this, to](int events) { on_ready(to, events); })) {
    ++counters_.connects_failed;
    ++counters_.frames_dropped_failed;
    return connections_.end();
  }
  const auto [at, is_new] = connections_.emplace(to, Connection{std::move(socket)});
  GOSSAMER_ASSERT(is_new);
  at->second.progress_at = clock_.now();
  sweep_.start();
  return at;
}

// Ends the connection that has had nothing to send for longest.
bool FrameSender::make_room() {
  auto longest = connections_.end();
  for (auto at = connections_.begin(); at != connections_.end(); ++at) {
    if (!at->second.queue.empty()) continue;
    if (longest == connections_.end() || at->second.progress_at < longest->second.progress_at) {
      longest = at;
    }
  }
  if (longest == connections_.end()) return false;
  drop(longest);
  return true;
}

void FrameSender::on_ready(const Endpoint& to, int events) {
  const auto at = connections_.find(to);
  if (at == connections_.end()) return;
  Connection& connection = at->second;
  if (!connection.is_connected) {
    if (!finish_connecting(connection)) {
      ++counters_.connects_failed;
      drop(at);
      return;
    }
  } else if ((events & UV_READABLE) != 0) {
    // Peers say nothing here, so this is the end of the connection, or somebody else's protocol.
    std::uint8_t byte = 0;
    const ssize_t count = recv(connection.socket.descriptor(), &byte, 1, MSG_DONTWAIT);
    if (count >= 0 || (errno != EAGAIN && errno != EINTR)) {
      drop(at);
      return;
    }
  }
  if (!write_queue(connection)) {
    drop(at);
    return;
  }
  rewatch(connection);
}

bool FrameSender::finish_connecting(Connection& connection) {
  if (connect_error(connection.socket.descriptor()) != 0) return false;
  connection.is_connected = true;
  connection.progress_at = clock_.now();
  return true;
}

// Until the queue is empty or the kernel is full. False: the connection is broken.
bool FrameSender::write_queue(Connection& connection) {
  while (!connection.queue.empty()) {
    std::array<iovec, 2 * kFramesPerWrite> parts{};
    std::size_t count = 0;
    std::size_t skip = connection.front_sent;
    for (const Frame& frame : connection.queue) {
      if (count == parts.size()) break;
      const std::size_t skip_length = std::min(skip, frame.length.size());
      parts[count++] = part_of(frame.length.data(), frame.length.size(), skip_length);
      parts[count++] = part_of(frame.bytes.data(), frame.bytes.size(), skip - skip_length);
      skip = 0;
    }
    msghdr message{};
    message.msg_iov = parts.data();
    message.msg_iovlen = count;
    const ssize_t sent =
        sendmsg(connection.socket.descriptor(), &message, MSG_DONTWAIT | MSG_NOSIGNAL);
    if (sent < 0) {
      if (errno == EINTR) continue;
      return errno == EAGAIN;
    }
    take_from_queue(connection, static_cast<std::size_t>(sent));
  }
  return true;
}

void FrameSender::take_from_queue(Connection& connection, std::size_t sent) {
  connection.progress_at = clock_.now();
  connection.front_sent += sent;
  while (!connection.queue.empty() && connection.front_sent >= connection.queue.front().size()) {
    const Frame& frame = connection.queue.front();
    connection.front_sent -= frame.size();
    connection.queued_bytes -= frame.bytes.size();
    queued_bytes_ -= frame.bytes.size();
    ++counters_.frames_sent;
    counters_.frame_bytes_sent += frame.bytes.size();
    connection.queue.pop_front();
  }
}

void FrameSender::rewatch(Connection& connection) {
  if (!connection.is_connected) {
    connection.socket.watch(UV_WRITABLE);
  } else {
    connection.socket.watch(connection.queue.empty() ? UV_READABLE : UV_READABLE | UV_WRITABLE);
  }
}

void FrameSender::on_sweep(Instant now, Duration stalled) {
  for (auto at = connections_.begin(); at != connections_.end();) {
    Connection& connection = at->second;
    connection.progress_at = connection.progress_at + stalled;
    const Duration patience =
        connection.is_connected ? limits_.outgoing_idle_timeout : limits_.connect_timeout;
    if (now - connection.progress_at < patience) {
      ++at;
      continue;
    }
    if (!connection.is_connected) ++counters_.connects_failed;
    at = drop(at);
  }
  if (connections_.empty()) sweep_.stop();
}

FrameSender::Connections::iterator FrameSender::drop(Connections::iterator at) {
  queued_bytes_ -= at->second.queued_bytes;
  counters_.frames_dropped_failed += at->second.queue.size();
  return connections_.erase(at);
}

void FrameSender::close() {
  is_closed_ = true;
  while (!connections_.empty()) drop(connections_.begin());
  sweep_.close();
}

}  // namespace gossamer
