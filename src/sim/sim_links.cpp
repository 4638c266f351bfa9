#include "sim/sim_links.hpp"

#include <algorithm>
#include <chrono>
#include <optional>

#include "sim/sim_network.hpp"

namespace gossamer::sim {
namespace {

// As the real network has them.
constexpr std::size_t kWatchesMax = 16;
constexpr std::size_t kKnocksMax = 64;
constexpr Duration kConnectTimeout = std::chrono::seconds{1};
constexpr Duration kKeepaliveIdle = std::chrono::seconds{120};
constexpr Duration kKeepaliveBetween = std::chrono::seconds{30};
constexpr int kKeepaliveUnansweredMax = 4;
// A kernel sends the end of a dead process's connection again, for some minutes.
constexpr Duration kResendFirst = std::chrono::milliseconds{200};
constexpr int kResendsMax = 10;

}  // namespace

void SimLinks::watch(HostIndex from, const Endpoint& peer) {
  begin({from, Purpose::watch, peer}, kWatchesMax);
}

void SimLinks::knock(HostIndex from, const Endpoint& peer) {
  begin({from, Purpose::knock, peer}, kKnocksMax);
}

void SimLinks::unwatch(HostIndex from, const Endpoint& peer) {
  links_.erase({from, Purpose::watch, peer});
}

void SimLinks::begin(const Key& key, std::size_t most) {
  if (links_.contains(key)) return;
  const auto& [from, purpose, peer] = key;
  const auto open = std::distance(
      links_.lower_bound({from, purpose, {}}),
      links_.lower_bound(purpose == Purpose::watch ? Key{from, Purpose::knock, {}}
                                                   : Key{from + 1, Purpose::watch, {}}));
  const std::uint64_t id = ++ids_;
  links_[key].id = id;
  const bool is_one_too_many = static_cast<std::size_t>(open) >= most;
  queue_.after(is_one_too_many ? Duration{0} : kConnectTimeout,
               [this, key, id] { on_answer(key, id, LinkEvent::unknown); });
  if (!is_one_too_many) connect(key, id);
}

// Whatever is lost is lost for good: it would be sent again after a second, when nobody waits.
void SimLinks::connect(const Key& key, std::uint64_t id) {
  const HostIndex from = std::get<HostIndex>(key);
  const std::optional<HostIndex> to = network_.machine_at(std::get<Endpoint>(key));
  if (!to) return;
  const std::optional<Duration> trip = network_.draw_trip(from, *to);
  if (trip) queue_.after(*trip, [this, key, id, to = *to] { on_connect(key, id, to); });
}

void SimLinks::on_connect(const Key& key, std::uint64_t id, HostIndex to) {
  Link* link = find(key, id);
  const HostIndex from = std::get<HostIndex>(key);
  if (link == nullptr || network_.is_cut(from, to, true)) return;
  const bool is_rejected = rejected_.contains({from, to});
  if (!is_rejected && network_.machine_at(std::get<Endpoint>(key)) != to) return;
  const std::uint64_t life = is_rejected ? 0 : network_.life_of(to);
  link->peer = to;
  link->peer_life = life;
  const std::optional<Duration> trip = network_.draw_trip(to, from);
  if (!trip) return;
  link->told = queue_.now() + *trip;
  queue_.at(link->told, [this, key, id, from, to, life] {
    if (network_.is_cut(to, from, true)) return;
    on_answer(key, id, life == 0 ? LinkEvent::refused : LinkEvent::opened);
  });
}

void SimLinks::on_answer(const Key& key, std::uint64_t id, LinkEvent answer) {
  Link* link = find(key, id);
  if (link == nullptr || link->is_standing) return;
  if (answer != LinkEvent::opened || std::get<Purpose>(key) == Purpose::knock)
    return end(key, answer);
  link->is_standing = true;
  queue_.after(kKeepaliveIdle, [this, key, id] { keep_alive(key, id, 0); });
  tell(key, LinkEvent::opened);
}

void SimLinks::on_ended(HostIndex host, std::uint64_t life, bool has_power) {
  std::erase_if(links_,
                [host](const auto& link) { return std::get<HostIndex>(link.first) == host; });
  if (!has_power) return;
  for (const auto& [key, link] : links_) {
    if (std::get<Purpose>(key) == Purpose::watch && link.peer == host && link.peer_life == life) {
      send_end(key, link.id, 0);
    }
  }
}

void SimLinks::send_end(const Key& key, std::uint64_t id, int tries) {
  Link* link = find(key, id);
  // What the kernel of a machine knew is gone with its power.
  if (link == nullptr || tries > kResendsMax || !network_.has_power(link->peer, link->peer_life))
    return;
  const HostIndex from = std::get<HostIndex>(key);
  const HostIndex peer = link->peer;
  queue_.after(kResendFirst * (1 << tries),
               [this, key, id, tries] { send_end(key, id, tries + 1); });
  const std::optional<Duration> trip = network_.draw_trip(peer, from);
  if (!trip) return;
  link->told = std::max(link->told, queue_.now() + *trip);
  queue_.at(link->told, [this, key, id, from, peer] {
    const Link* ended = find(key, id);
    if (ended == nullptr || !ended->is_standing || network_.is_cut(peer, from, true)) return;
    end(key, LinkEvent::closed);
  });
}

void SimLinks::keep_alive(const Key& key, std::uint64_t id, int unanswered) {
  const Link* link = find(key, id);
  if (link == nullptr) return;
  const HostIndex from = std::get<HostIndex>(key);
  const std::optional<HostIndex> to = network_.machine_at(std::get<Endpoint>(key));
  const bool is_answered =
      to && !network_.is_cut(from, *to, true) && !network_.is_cut(*to, from, true);
  // By a kernel that knows of no such connection.
  if (is_answered && network_.life_of(*to) != link->peer_life) return end(key, LinkEvent::closed);
  if (!is_answered && ++unanswered > kKeepaliveUnansweredMax) return end(key, LinkEvent::unknown);
  if (is_answered) unanswered = 0;
  queue_.after(is_answered ? kKeepaliveIdle : kKeepaliveBetween,
               [this, key, id, unanswered] { keep_alive(key, id, unanswered); });
}

bool SimLinks::reset(HostIndex from, const Endpoint& peer) {
  const Key key{from, Purpose::watch, peer};
  const auto held = links_.find(key);
  if (held == links_.end() || !held->second.is_standing) return false;
  end(key, LinkEvent::closed);
  return true;
}

std::vector<SimLinks::Standing> SimLinks::standing() const {
  std::vector<Standing> all;
  for (const auto& [key, link] : links_) {
    if (link.is_standing) all.emplace_back(std::get<HostIndex>(key), std::get<Endpoint>(key));
  }
  return all;
}

SimLinks::Link* SimLinks::find(const Key& key, std::uint64_t id) {
  const auto held = links_.find(key);
  return held != links_.end() && held->second.id == id ? &held->second : nullptr;
}

void SimLinks::end(const Key& key, LinkEvent event) {
  links_.erase(key);
  tell(key, event);
}

void SimLinks::tell(const Key& key, LinkEvent event) {
  const HostIndex host = std::get<HostIndex>(key);
  const Endpoint& peer = std::get<Endpoint>(key);
  witness_.on_link(host, peer, event);
  network_.hear(host, peer, event);
}

}  // namespace gossamer::sim
