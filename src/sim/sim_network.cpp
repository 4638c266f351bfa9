#include "sim/sim_network.hpp"

#include <algorithm>

namespace gossamer::sim {
namespace {

class View final : public Network {
 public:
  View(SimNetwork& network, HostIndex host) : network_(network), host_(host) {}
  void send_datagram(const Endpoint& to, ByteView bytes) override {
    network_.send_datagram(host_, to, bytes);
  }
  void send_frame(const Endpoint& to, Bytes bytes) override {
    network_.send_frame(host_, to, std::move(bytes));
  }
  void watch(const Endpoint& peer) override { network_.links().watch(host_, peer); }
  void unwatch(const Endpoint& peer) override { network_.links().unwatch(host_, peer); }
  void knock(const Endpoint& peer) override { network_.links().knock(host_, peer); }

 private:
  SimNetwork& network_;
  HostIndex host_;
};

constexpr std::size_t kRecordedMax = 512;

}  // namespace

std::unique_ptr<Network> SimNetwork::view(HostIndex host) {
  return std::make_unique<View>(*this, host);
}

void SimNetwork::attach(HostIndex host, const Endpoint& endpoint, Receiver* receiver) {
  detach(host);
  const std::uint64_t life = ++connections_;
  attachments_[host] = {endpoint, receiver, life};
  hosts_[endpoint] = host;
  Machine& machine = machines_[host];
  if (machine.endpoint != endpoint) powered_.erase(machine.endpoint);
  if (!machine.has_power) machine.first_life = life;
  machine.endpoint = endpoint;
  machine.has_power = true;
  powered_[endpoint] = host;
}

void SimNetwork::detach(HostIndex host, bool has_power) {
  const auto held = attachments_.find(host);
  if (held == attachments_.end()) return;
  const Attachment ended = held->second;
  hosts_.erase(ended.endpoint);
  attachments_.erase(held);
  if (!has_power) {
    machines_[host].has_power = false;
    powered_.erase(ended.endpoint);
  }
  links_.on_ended(host, ended.connection, has_power);
}

const SimNetwork::Attachment* SimNetwork::attachment(HostIndex host) const {
  const auto held = attachments_.find(host);
  return held == attachments_.end() ? nullptr : &held->second;
}

Duration SimNetwork::draw_delay(HostIndex from, HostIndex to) {
  const bool is_apart = from % conditions_.regions != to % conditions_.regions;
  const Duration way = is_apart ? conditions_.apart : Duration{0};
  const auto between = [&](Duration low, Duration high) {
    return way + Duration{random_.between(low.count(), std::max(low, high).count())};
  };
  if (random_.chance(conditions_.late, 1000))
    return between(conditions_.delay_max, conditions_.late_max);
  return between(conditions_.delay_min, conditions_.delay_max);
}

bool SimNetwork::is_lost(HostIndex from, HostIndex to) {
  if (random_.chance(conditions_.lost, 1000)) return true;
  for (const HostIndex host : {from, to}) {
    const auto extra = extra_loss_.find(host);
    if (extra != extra_loss_.end() && random_.chance(extra->second, 1000)) return true;
  }
  return false;
}

bool SimNetwork::is_cut(HostIndex from, HostIndex to, bool by_stream) const {
  if (is_blocked(from, to) || mute_.count(from) == 1 || deaf_.count(to) == 1) return true;
  if (!sides_.empty() && sides_[from] != sides_[to]) return true;
  // A stream needs both ways.
  return by_stream && (mute_.count(to) == 1 || deaf_.count(from) == 1);
}

std::optional<Duration> SimNetwork::draw_trip(HostIndex from, HostIndex to) {
  if (is_cut(from, to, true) || is_lost(from, to)) return std::nullopt;
  return draw_delay(from, to);
}

std::optional<HostIndex> SimNetwork::machine_at(const Endpoint& endpoint) const {
  const auto held = powered_.find(endpoint);
  if (held == powered_.end()) return std::nullopt;
  return held->second;
}

std::uint64_t SimNetwork::life_of(HostIndex host) const {
  const Attachment* held = attachment(host);
  return held == nullptr ? 0 : held->connection;
}

bool SimNetwork::has_power(HostIndex host, std::uint64_t since_life) const {
  const auto held = machines_.find(host);
  return held != machines_.end() && held->second.has_power && held->second.first_life <= since_life;
}

void SimNetwork::hear(HostIndex host, const Endpoint& peer, LinkEvent event) {
  if (const Attachment* held = attachment(host)) held->receiver->on_network_link(peer, event);
}

void SimNetwork::deliver_later(HostIndex from, HostIndex to, Duration delay, Bytes bytes) {
  const Attachment* sender = attachment(from);
  if (sender == nullptr) return;
  queue_.after(delay,
               [this, from, to, source = sender->endpoint, bytes = std::move(bytes)]() mutable {
                 const Attachment* receiver = attachment(to);
                 if (receiver == nullptr || is_cut(from, to, false)) return;
                 witness_.on_delivered(from, to, bytes, false);
                 receiver->receiver->on_network_datagram(source, std::move(bytes));
               });
}

// Each datagram ever sent is in the sample with the same chance, so that the dead speak too.
void SimNetwork::record(ByteView bytes) {
  ++seen_;
  if (recorded_.size() < kRecordedMax) {
    recorded_.emplace_back(bytes.begin(), bytes.end());
  } else if (const std::uint64_t place = random_.below(seen_); place < kRecordedMax) {
    recorded_[place].assign(bytes.begin(), bytes.end());
  }
}

void SimNetwork::replay() {
  const auto any = [this] {
    return std::next(attachments_.begin(),
                     static_cast<std::ptrdiff_t>(random_.below(attachments_.size())));
  };
  // One by one: in which order a call's arguments are made is the compiler's.
  const HostIndex to = any()->first;
  const Endpoint source = any()->second.endpoint;
  const Duration delay = draw_delay(to, to);
  queue_.after(delay,
               [this, to, source, bytes = recorded_[random_.below(recorded_.size())]]() mutable {
                 const Attachment* receiver = attachment(to);
                 if (receiver != nullptr)
                   receiver->receiver->on_network_datagram(source, std::move(bytes));
               });
}

void SimNetwork::send_datagram(HostIndex from, const Endpoint& to, ByteView bytes) {
  witness_.on_sent(from, bytes, false);
  if (conditions_.replayed > 0) {
    record(bytes);
    if (random_.chance(conditions_.replayed, 1000)) replay();
  }
  const auto host = hosts_.find(to);
  if (bytes.size() > kDatagramBytesMax || host == hosts_.end()) return;
  if (is_cut(from, host->second, false) || is_lost(from, host->second)) return;
  deliver_later(from, host->second, draw_delay(from, host->second),
                Bytes{bytes.begin(), bytes.end()});
  if (random_.chance(conditions_.doubled, 1000)) {
    deliver_later(from, host->second, draw_delay(from, host->second),
                  Bytes{bytes.begin(), bytes.end()});
  }
}

void SimNetwork::send_frame(HostIndex from, const Endpoint& to, Bytes bytes) {
  witness_.on_sent(from, bytes, true);
  const auto host = hosts_.find(to);
  const Attachment* sender = attachment(from);
  if (host == hosts_.end() || sender == nullptr || is_cut(from, host->second, true)) return;

  // A handshake or two, and a retransmission for every lost segment.
  Duration delay =
      3 * draw_delay(from, host->second) + Duration{static_cast<std::int64_t>(bytes.size()) * 10};
  for (int tries = 0; is_lost(from, host->second); ++tries) {
    if (tries == 6) return;
    delay += std::chrono::milliseconds{200 << tries};
  }
  Instant& last = last_frame_[{from, host->second}];
  last = std::max(last, queue_.now() + delay);
  queue_.at(last, [this, from, to_host = host->second, source = sender->endpoint,
                   sender_connection = sender->connection,
                   receiver_connection = attachment(host->second)->connection,
                   bytes = std::move(bytes)]() mutable {
    const Attachment* now_sender = attachment(from);
    const Attachment* receiver = attachment(to_host);
    if (now_sender == nullptr || now_sender->connection != sender_connection) return;
    if (receiver == nullptr || receiver->connection != receiver_connection) return;
    if (is_cut(from, to_host, true)) return;
    witness_.on_delivered(from, to_host, bytes, true);
    receiver->receiver->on_network_frame(source, std::move(bytes));
  });
}

}  // namespace gossamer::sim
