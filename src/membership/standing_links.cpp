#include "membership/standing_links.hpp"

#include <algorithm>
#include <set>
#include <utility>

#include "base/deadlines.hpp"

namespace gossamer::membership {
namespace {

constexpr Duration kSettling = std::chrono::milliseconds{500};
constexpr Duration kRetryMin = std::chrono::seconds{1};
constexpr Duration kRetryMax = std::chrono::seconds{60};
/// After one that did open: whoever can reset links would else keep a member unwatched for long.
constexpr Duration kReopenMax = std::chrono::seconds{4};
constexpr Duration kUnreachableAfter = std::chrono::seconds{30};
constexpr Duration kStoodAfter = std::chrono::seconds{10};

}  // namespace

void StandingLinks::on_ring_changed(Instant now) {
  if (is_on_ && !choose_at_) choose_at_ = now + kSettling;
}

bool StandingLinks::on_event(Instant now, const Endpoint& peer, LinkEvent event) {
  const bool is_end = event == LinkEvent::closed;
  const auto at = links_.find(peer);
  if (at == links_.end()) return is_end;
  Link& link = at->second;
  const bool is_of_watch = std::exchange(link.is_connecting, false) || is_end;
  if (event == LinkEvent::opened) {
    link.opened_at = now;
    return is_of_watch;
  }
  note_end(now, link);
  return is_of_watch;
}

void StandingLinks::note_end(Instant now, Link& link) {
  if (link.opened_at && now - *link.opened_at >= kStoodAfter) {
    link.gap = Duration{0};
    link.failing_since.reset();
    link.is_told = false;
  }
  const Duration most = link.opened_at ? kReopenMax : kRetryMax;
  link.opened_at.reset();
  link.gap = std::clamp<Duration>(2 * link.gap, kRetryMin, most);
  link.retry_at = now + link.gap;
  if (!link.failing_since) link.failing_since = now;
}

void StandingLinks::on_deadline(Instant now, const NodeId& self, const ProbeRing& ring,
                                const MemberTable& table, bool is_isolated, Outbox& outbox) {
  if (choose_at_ && *choose_at_ <= now) {
    choose_at_.reset();
    std::set<Endpoint> wanted;
    for (std::size_t step = 1; step <= std::min(kWatched, ring.size() - 1); ++step) {
      const MemberTable::Held* held = table.find(ring.after(self, step));
      if (held == nullptr || !held->is_live()) continue;
      if (held->is_settled(now)) {
        wanted.insert(held->member->endpoint);
      } else {
        on_ring_changed(now);  // Looked at again.
      }
    }
    for (auto at = links_.begin(); at != links_.end();) {
      if (wanted.erase(at->first) == 1) {
        ++at;
        continue;
      }
      outbox.push_back(Unwatch{at->first});
      at = links_.erase(at);
    }
    for (const Endpoint& endpoint : wanted) {
      links_[endpoint] = {};
      outbox.push_back(Watch{endpoint});
    }
  }
  for (auto& [endpoint, link] : links_) {
    if (!link.retry_at || *link.retry_at > now) continue;
    link.retry_at.reset();
    link.is_connecting = true;
    outbox.push_back(Watch{endpoint});
    if (!is_isolated) tell_of_failure(now, endpoint, link, table, outbox);
  }
}

void StandingLinks::tell_of_failure(Instant now, const Endpoint& peer, Link& link,
                                    const MemberTable& table, Outbox& outbox) {
  const std::vector<NodeId> live = table.live_at(peer);
  const Duration failing = now - *link.failing_since;
  if (link.is_told || live.empty() || failing < kUnreachableAfter) return;
  link.is_told = true;
  const NodeId& id = live.front();
  outbox.push_back(Notify{Alarm{
      "streams",
      "for " + std::to_string(failing / std::chrono::seconds{1}) + " s no TCP connection to " +
          table.describe(id).name + " (" + to_short_string(id) + " at " + to_string(peer) +
          ") has stood, though it is live: let TCP to that port through from here, or give this "
          "process more file descriptors. Views are compared over TCP, and without it the death of "
          "its process is noticed by silence only"}});
}

void StandingLinks::stop(Outbox& outbox) {
  is_on_ = false;
  choose_at_.reset();
  for (const auto& [endpoint, link] : links_) outbox.push_back(Unwatch{endpoint});
  links_.clear();
}

std::optional<Instant> StandingLinks::next_deadline() const {
  std::optional<Instant> deadline = choose_at_;
  for (const auto& [endpoint, link] : links_) earlier(deadline, link.retry_at);
  return deadline;
}

}  // namespace gossamer::membership
