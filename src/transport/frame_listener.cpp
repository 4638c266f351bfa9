#include "transport/frame_listener.hpp"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <utility>
#include <vector>

#include "transport/keepalive.hpp"
#include "transport/places.hpp"

namespace gossamer {
namespace {

constexpr std::size_t kChunkBytes = 64 * 1024;
// What every connection may hold without asking, so that a few cannot starve the rest.
constexpr std::size_t kFreeBytes = 64 * 1024;
// In one turn of the loop, so that nobody starves the others.
constexpr int kReadsPerTurn = 16;
constexpr int kAcceptsPerTurn = 64;

}  // namespace

FrameListener::FrameListener(UvLoop& loop, Clock& clock, Receiver& receiver,
                             const PeerAddresses& peers, const NetworkLimits& limits,
                             NetworkCounters& counters)
    : loop_(loop),
      clock_(clock),
      receiver_(receiver),
      peers_(peers),
      limits_(limits),
      counters_(counters),
      accept_rate_(limits.incoming_per_address_per_second_max),
      sweep_(loop, clock, [this](Instant now, Duration stalled) { on_sweep(now, stalled); }) {}

Result<void> FrameListener::open(FileDescriptor descriptor) {
  // Those that are accepted inherit it.
  set_slow_keepalive(descriptor.get());
  Result<void> opened = socket_.open(loop_, std::move(descriptor), [this](int) { accept_all(); });
  if (opened) socket_.watch(UV_READABLE);
  return opened;
}

void FrameListener::accept_all() {
  for (int i = 0; i < kAcceptsPerTurn && socket_.is_open(); ++i) {
    SocketAddress from;
    FileDescriptor descriptor{
        accept4(socket_.descriptor(), from.get(), &from.size, SOCK_NONBLOCK | SOCK_CLOEXEC)};
    if (descriptor.is_open()) {
      if (auto caller = welcome(from)) admit(std::move(descriptor), std::move(*caller));
      continue;
    }
    if (errno == EAGAIN) return;
    if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) {
      // The caller stays in the backlog and the socket readable: look again at the next sweep.
      socket_.watch(0);
      sweep_.start();
      return;
    }
    // Anything else was the caller's trouble, e.g. gone already.
  }
}

// Whoever is not is shown the door: nothing is kept of him.
std::optional<FrameListener::Caller> FrameListener::welcome(const SocketAddress& from) {
  if (!limits_.peers.contains(from)) {
    ++counters_.incoming_outside;
    return std::nullopt;
  }
  Caller caller{to_endpoint(from)};
  caller.is_stranger = !peers_.contains(caller.from.address);
  // Peers can be many in one network, and are not to share a count with whoever else is in it.
  caller.counted = caller.is_stranger ? counted_as(from) : caller.from.address;
  if (accept_rate_.take(clock_.now(), caller.counted)) return caller;
  ++counters_.incoming_too_often;
  return std::nullopt;
}

void FrameListener::admit(FileDescriptor descriptor, Caller caller) {
  if (!make_room(caller)) {
    ++counters_.incoming_refused;
    return;
  }
  const Id id = next_id_++;
  UvSocket socket;
  if (!socket.open(loop_, std::move(descriptor), [this, id](int) { on_readable(id); })) {
    ++counters_.incoming_refused;
    return;
  }
  socket.watch(UV_READABLE);
  connections_.emplace(
      id, Connection{std::move(socket), std::move(caller), FrameReader{limits_.frame_bytes_max},
                     false, false, clock_.now()});
  ++counters_.incoming_accepted;
  sweep_.start();
}

// Where there is none, one makes room: of the newcomer's address if that has all that it may have,
// of the strangers if these have, else of all.
bool FrameListener::make_room(const Caller& newcomer) {
  std::size_t own = 0;
  std::size_t strangers = 0;
  for (const auto& [id, connection] : connections_) {
    if (connection.is_link) continue;
    own += connection.caller.counted == newcomer.counted ? 1 : 0;
    strangers += connection.caller.is_stranger ? 1 : 0;
  }
  const bool is_crowded = own >= limits_.incoming_per_address_max;
  const bool is_shut = newcomer.is_stranger && strangers >= limits_.incoming_strangers_max;
  if (!is_crowded && !is_shut && connections_.size() - link_count_ < limits_.incoming_max) {
    return true;
  }
  const Instant now = clock_.now();
  std::vector<Place> places;
  std::vector<Id> ids;
  for (const auto& [id, connection] : connections_) {
    if (connection.is_link) continue;
    if (is_shut && !is_crowded && !connection.caller.is_stranger) continue;
    places.push_back({connection.caller.counted, standing_of(connection, now)});
    ids.push_back(id);
  }
  const std::optional<std::size_t> taken = place_to_take(places, newcomer.counted, is_crowded);
  if (!taken) return false;
  ++counters_.incoming_evicted;
  drop(connections_.find(ids[*taken]));
  return true;
}

// Between frames, the seconds of silence, below zero: nothing is lost there. Amid one, its bytes
// per second.
double FrameListener::standing_of(const Connection& connection, Instant now) const {
  const double seconds = std::chrono::duration<double>(now - connection.since).count();
  if (connection.reader.is_between_frames()) return -seconds;
  return static_cast<double>(connection.reader.arrived_bytes()) / std::max(seconds, 1e-6);
}

void FrameListener::read_now() {
  GOSSAMER_ASSERT(!is_reading_);
  accept_all();
  // Copied, because the receiver may close us.
  std::vector<Id> ids;
  for (const auto& [id, connection] : connections_) ids.push_back(id);
  for (const Id id : ids) on_readable(id);
}

void FrameListener::on_readable(Id id) {
  is_reading_ = true;
  alignas(8) std::uint8_t chunk[kChunkBytes];  // Every read goes here first.
  for (int i = 0; i < kReadsPerTurn; ++i) {
    const auto at = connections_.find(id);
    if (at == connections_.end()) break;
    const ssize_t count = recv(at->second.socket.descriptor(), chunk, kChunkBytes, MSG_DONTWAIT);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0 && errno == EAGAIN) break;
    // Who has been silent for so long is not heard any more.
    if (count <= 0 || at->second.is_link) {
      drop(at);
      break;
    }
    const auto size = static_cast<std::size_t>(count);
    if (!take_bytes(id, {chunk, size}) || size < kChunkBytes) break;
  }
  is_reading_ = false;
}

// False: the connection is gone.
bool FrameListener::take_bytes(Id id, ByteView input) {
  while (!input.empty()) {
    // Looked up for each frame, because the receiver may close us.
    const auto at = connections_.find(id);
    if (at == connections_.end()) return false;
    Connection& connection = at->second;
    if (connection.reader.is_between_frames()) connection.since = clock_.now();
    const FrameReader::Next next = connection.reader.next(input, held_bytes_max(connection));
    charge(connection);
    switch (next.step) {
      case FrameReader::Step::need_more: break;
      case FrameReader::Step::frame:
        connection.since = clock_.now();
        connection.has_had_frame = true;
        ++counters_.frames_received;
        counters_.frame_bytes_received += next.frame.size();
        // A copy of the address, for the same reason.
        receiver_.on_frame(Endpoint{connection.caller.from}, next.frame);
        break;
      case FrameReader::Step::malformed:
        ++counters_.incoming_malformed;
        drop(at);
        return false;
      case FrameReader::Step::no_room:
        ++counters_.incoming_no_memory;
        drop(at);
        return false;
    }
  }
  return true;
}

void FrameListener::charge(Connection& connection) {
  const std::size_t held = connection.reader.held_bytes();
  buffered_bytes_ -= connection.charged_bytes;
  connection.charged_bytes = held > kFreeBytes ? held - kFreeBytes : 0;
  buffered_bytes_ += connection.charged_bytes;
}

std::size_t FrameListener::held_bytes_max(const Connection& connection) const {
  const std::size_t others = buffered_bytes_ - connection.charged_bytes;
  return kFreeBytes +
         (limits_.buffered_bytes_max > others ? limits_.buffered_bytes_max - others : 0);
}

Duration FrameListener::patience_with(const Connection& connection) const {
  if (connection.reader.is_between_frames()) {
    return connection.has_had_frame ? limits_.incoming_idle_timeout : limits_.frame_timeout;
  }
  const auto pace =
      static_cast<double>(std::max<std::size_t>(1, limits_.frame_bytes_per_second_min));
  const std::chrono::duration<double> earned{
      static_cast<double>(connection.reader.arrived_bytes()) / pace};
  return limits_.frame_timeout + std::chrono::duration_cast<Duration>(earned);
}

void FrameListener::on_sweep(Instant now, Duration stalled) {
  socket_.watch(UV_READABLE);
  for (auto at = connections_.begin(); at != connections_.end();) {
    at->second.since = at->second.since + stalled;
    if (at->second.is_link || now - at->second.since < patience_with(at->second) ||
        stays_as_link(at->second)) {
      ++at;
      continue;
    }
    ++counters_.incoming_timed_out;
    at = drop(at);
  }
  if (connections_.size() == link_count_) sweep_.stop();
}

// Asked when its time is over, and so only of who has never said a word. Until then it can be made
// to give way like any other.
bool FrameListener::stays_as_link(Connection& connection) {
  if (connection.has_had_frame || !connection.reader.is_between_frames()) return false;
  // Not as when it came: a node can be connected to before it has heard of the other.
  if (!peers_.contains(connection.caller.from.address)) return false;
  if (link_count_ >= limits_.incoming_links_max) return false;
  const auto of_address =
      std::count_if(connections_.begin(), connections_.end(), [&connection](const auto& other) {
        return other.second.is_link &&
               other.second.caller.from.address == connection.caller.from.address;
      });
  if (static_cast<std::size_t>(of_address) >= limits_.incoming_links_per_address_max) return false;
  connection.is_link = true;
  ++link_count_;
  ++counters_.incoming_links;
  return true;
}

FrameListener::Connections::iterator FrameListener::drop(Connections::iterator at) {
  buffered_bytes_ -= at->second.charged_bytes;
  link_count_ -= at->second.is_link ? 1 : 0;
  return connections_.erase(at);
}

void FrameListener::close() {
  socket_.close();
  while (!connections_.empty()) drop(connections_.begin());
  sweep_.close();
}

}  // namespace gossamer
