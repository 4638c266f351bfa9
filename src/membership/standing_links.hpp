#pragma once

#include <cstddef>
#include <map>
#include <optional>

#include "base/instant.hpp"
#include "base/link_event.hpp"
#include "gossamer/ids.hpp"
#include "membership/member_table.hpp"
#include "membership/membership.hpp"
#include "membership/probe_ring.hpp"

namespace gossamer::membership {

/// The idle connections that this node keeps to the two after it in the ring, so that each member
/// is watched by two. When its process ends, its machine's kernel ends them at once. Which members
/// those are is looked at a moment after the ring has changed: while many join it changes all the
/// time. Who has only just named its address waits until it answers there, or keeps to it. A live
/// member to whom no link stands for half a minute is worth an Alarm: what goes by stream does not
/// get through to it. One that ends within some seconds, as somebody in between may have it, has
/// not stood, and is made again after some more.
class StandingLinks {
 public:
  explicit StandingLinks(bool is_on) : is_on_(is_on) {}

  void on_ring_changed(Instant now);
  /// What the network says of a watch. (What it says of a knock at a watched one may be taken for
  /// that, which does no harm.) False if it can only be of a knock.
  bool on_event(Instant now, const Endpoint& peer, LinkEvent event);
  void on_deadline(Instant now, const NodeId& self, const ProbeRing& ring, const MemberTable& table,
                   bool is_isolated, Outbox& outbox);
  void stop(Outbox& outbox);
  std::optional<Instant> next_deadline() const;
  std::size_t size() const { return links_.size(); }

  static constexpr std::size_t kWatched = 2;

 private:
  struct Link {
    bool is_connecting = true;          ///< How the watch begins is not known yet.
    std::optional<Instant> retry_at{};  ///< It is lost, and to be made again then.
    Duration gap{0};                    ///< From the last retry to the next.
    std::optional<Instant> opened_at{};
    std::optional<Instant> failing_since{};
    bool is_told = false;
  };
  static void note_end(Instant now, Link& link);
  static void tell_of_failure(Instant now, const Endpoint& peer, Link& link,
                              const MemberTable& table, Outbox& outbox);

  bool is_on_;
  std::map<Endpoint, Link> links_;
  std::optional<Instant> choose_at_;
};

}  // namespace gossamer::membership
