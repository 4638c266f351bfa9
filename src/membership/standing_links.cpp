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
    link.gap = Duration{0};
    return is_of_watch;
  }
  link.gap = std::clamp<Duration>(2 * link.gap, kRetryMin, kRetryMax);
  link.retry_at = now + link.gap;
  return is_of_watch;
}

void StandingLinks::on_deadline(Instant now, const NodeId& self, const ProbeRing& ring,
                                const MemberTable& table, Outbox& outbox) {
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
  }
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
