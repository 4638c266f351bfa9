#include "transport/standing_links.hpp"

#include <algorithm>
#include <cerrno>
#include <utility>

#include "transport/keepalive.hpp"
#include "transport/outgoing_socket.hpp"

namespace gossamer {

StandingLinks::StandingLinks(UvLoop& loop, Clock& clock, const SocketAddress& local,
                             Receiver& receiver, const NetworkLimits& limits,
                             NetworkCounters& counters)
    : loop_(loop),
      clock_(clock),
      local_(local),
      receiver_(receiver),
      limits_(limits),
      counters_(counters),
      answers_due_(loop, [this] { tell_answers(); }),
      sweep_(loop, clock, [this](Instant now, Duration stalled) { on_sweep(now, stalled); }) {}

void StandingLinks::watch(const Endpoint& peer) {
  begin(Purpose::watch, peer, limits_.watches_max);
}

void StandingLinks::knock(const Endpoint& peer) {
  begin(Purpose::knock, peer, limits_.knocks_max);
}

void StandingLinks::unwatch(const Endpoint& peer) {
  watches_.erase(peer);
}

// What is known at once is told on the loop's next turn: the caller is amid one of his own.
void StandingLinks::begin(Purpose purpose, const Endpoint& peer, std::size_t most) {
  if (is_closed_) return;
  Links& links = of(purpose);
  const auto [at, is_new] = links.try_emplace(peer);
  if (!is_new) return;
  const auto open = std::count_if(links.begin(), links.end(),
                                  [](const auto& link) { return link.second.socket.is_open(); });
  at->second.answer = static_cast<std::size_t>(open) < most ? connect(purpose, peer, at->second)
                                                            : LinkEvent::unknown;
  if (at->second.answer) answers_due_.arm(Duration{0});
}

std::optional<LinkEvent> StandingLinks::connect(Purpose purpose, const Endpoint& peer, Link& link) {
  const auto address = to_socket_address(peer);
  if (!address || !limits_.peers.contains(*address)) return LinkEvent::unknown;
  if (purpose == Purpose::knock) ++counters_.knocks;
  OutgoingSocket outgoing = start_connecting(*address, local_);
  if (outgoing.error != 0) {
    return outgoing.error == ECONNREFUSED ? LinkEvent::refused : LinkEvent::unknown;
  }
  if (!link.socket.open(loop_, std::move(outgoing.descriptor),
                        [this, purpose, peer](int) { on_ready(purpose, peer); })) {
    return LinkEvent::unknown;
  }
  link.since = clock_.now();
  link.socket.watch(UV_WRITABLE);
  sweep_.start();
  return std::nullopt;
}

// `peer` lives in the socket's callback, which lives on for this turn when the link is gone.
void StandingLinks::on_ready(Purpose purpose, const Endpoint& peer) {
  Links& links = of(purpose);
  const auto at = links.find(peer);
  if (at == links.end() || !at->second.socket.is_open()) return;
  if (at->second.is_standing) return on_silence_broken(at);
  const int error = connect_error(at->second.socket.descriptor());
  if (error == 0) return on_connected(purpose, at);
  end(links, at, error == ECONNREFUSED ? LinkEvent::refused : LinkEvent::unknown);
}

void StandingLinks::on_connected(Purpose purpose, Links::iterator at) {
  if (purpose == Purpose::knock) return end(knocks_, at, LinkEvent::opened);
  Link& link = at->second;
  link.is_standing = true;
  ++counters_.links_opened;
  set_slow_keepalive(link.socket.descriptor());
  link.socket.watch(UV_READABLE);
  receiver_.on_link(Endpoint{at->first}, LinkEvent::opened);
}

// By its end, by the kernel that gave it up, or by somebody who speaks another protocol.
void StandingLinks::on_silence_broken(Links::iterator at) {
  std::uint8_t byte = 0;
  const ssize_t count = recv(at->second.socket.descriptor(), &byte, 1, MSG_DONTWAIT);
  if (count < 0 && (errno == EAGAIN || errno == EINTR)) return;
  const bool is_ended = count == 0 || (count < 0 && errno == ECONNRESET);
  ++counters_.links_ended;
  end(watches_, at, is_ended ? LinkEvent::closed : LinkEvent::unknown);
}

void StandingLinks::end(Links& links, Links::iterator at, LinkEvent event) {
  // The link goes first: the receiver may begin another.
  const Endpoint peer = at->first;
  links.erase(at);
  receiver_.on_link(peer, event);
}

void StandingLinks::tell_answers() {
  // Only those of now, so that who asks again at once when he is told does not keep the loop here.
  std::vector<std::pair<Purpose, Endpoint>> answered;
  for (const Purpose purpose : {Purpose::watch, Purpose::knock}) {
    for (const auto& [peer, link] : of(purpose)) {
      if (link.answer) answered.emplace_back(purpose, peer);
    }
  }
  for (const auto& [purpose, peer] : answered) {
    // Looked up for each, because the receiver may unwatch, and may close us.
    const auto at = of(purpose).find(peer);
    if (at != of(purpose).end() && at->second.answer) end(of(purpose), at, *at->second.answer);
  }
}

void StandingLinks::on_sweep(Instant now, Duration stalled) {
  const bool has_watches = give_up_late(watches_, now, stalled);
  const bool has_knocks = give_up_late(knocks_, now, stalled);
  if (!has_watches && !has_knocks) sweep_.stop();
}

// Whether any goes on connecting.
bool StandingLinks::give_up_late(Links& links, Instant now, Duration stalled) {
  bool is_connecting = false;
  for (auto& [peer, link] : links) {
    if (!link.socket.is_open() || link.is_standing) continue;
    link.since = link.since + stalled;
    if (now - link.since < limits_.link_connect_timeout) {
      is_connecting = true;
      continue;
    }
    link.socket.close();
    link.answer = LinkEvent::unknown;
    answers_due_.arm(Duration{0});
  }
  return is_connecting;
}

void StandingLinks::close() {
  is_closed_ = true;
  watches_.clear();
  knocks_.clear();
  answers_due_.close();
  sweep_.close();
}

}  // namespace gossamer
