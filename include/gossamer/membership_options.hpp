#pragma once

#include <chrono>
#include <cstddef>

#include "gossamer/result.hpp"

namespace gossamer {

/// How failure is detected and news is spread. The defaults suit one region and any size that one
/// datagram per node and second can serve. Source: SWIM (Das 2002), section 4; what is different
/// here, and why, is in docs/PROTOCOL.md.
///
/// How to choose: S = 3 x probe_timeout + suspicion_floor is the stall that a healthy node
/// survives. A node that falls silent is down S + probe_interval / 2 later at half of all times,
/// and S + probe_interval at most (a quarter of it more, seldom), plus what news takes to spread
/// (some 20 to 350 ms). So speed is bought with S: `fast` is for machines that never pause, `calm`
/// for those that do.
struct MembershipOptions {
  /// Each member is seen to live about once per period, by asking or by being asked, so a silent
  /// node is mostly noticed within one, whatever the cluster's size. Shorter detects faster and
  /// costs proportionally more packets: one per node and period, or two in clusters of less
  /// than 32. Must exceed 3 x probe_timeout. Range 50 ms to 60 s.
  std::chrono::milliseconds probe_interval{1000};

  /// The least time that an answer is given before others are asked to try; it grows with the
  /// measured round trip, smoothed + 4 x variation, up to 500 ms, so nodes of several regions need
  /// no other value. Three of it unanswered make a suspicion. Below the pauses of a busy machine it
  /// costs packets, not false deaths. 10 ms to 10 s.
  std::chrono::milliseconds probe_timeout{100};

  /// Members asked to probe on our behalf after a direct probe fails. 0 makes every lost packet a
  /// suspicion. 0 to 16.
  std::size_t indirect_probe_count = 3;

  /// A member that does not answer a datagram is also asked over TCP: a network that drops
  /// datagrams may still carry streams.
  bool stream_probes = true;

  /// How long a suspicion lasts that two others have confirmed. One that nobody confirms lasts 4 x
  /// probe_interval x max(1, log10(n)). Raise it when hosts pause; lower it to fail over sooner.
  /// 50 ms to 10 min.
  std::chrono::milliseconds suspicion_floor{1400};

  /// News leaves at once, coalesced for gossip_delay, and again every gossip_interval to
  /// gossip_fanout members, retransmit_multiplier x ceil(log10(n + 1)) times in all.
  std::chrono::milliseconds gossip_delay{5};       ///< 0 to 1 s.
  std::chrono::milliseconds gossip_interval{200};  ///< 10 ms to 60 s.
  std::size_t gossip_fanout = 3;                   ///< 1 to 16.
  std::size_t retransmit_multiplier = 4;           ///< 1 to 16.

  /// How often the state's digest is compared with a random member's. It repairs what rumours
  /// missed. Two nodes that agree spend about a hundred bytes. 100 ms to 1 h.
  std::chrono::milliseconds sync_interval{10'000};

  /// How often one of the down members, and seeds that are no live members, are tried again, for
  /// ever; seeds just learnt, and the seeds of a node alone, first after 200 ms, then less and
  /// less. 100 ms to 1 h.
  std::chrono::milliseconds reconnect_interval{5'000};

  /// Down and left members are told of for half of this, and forgotten after all of it. 1 s to 24
  /// h.
  std::chrono::milliseconds tombstone_time{600'000};

  /// Largest datagram sent, in bytes: path MTU less 48 bytes of IPv6 and UDP header. 576 to 65000.
  std::size_t datagram_bytes_max = 1400;

  /// What was sent longer ago is refused, and what comes twice within it: recorded packets cannot
  /// be played back. Machines whose clocks differ by more do not hear each other, and say so
  /// (`Alarm` "clock"). Shorter needs better clocks; longer remembers more, 16 bytes for each
  /// packet of twice this time. 0 switches it off; 10 s to 1 h.
  std::chrono::milliseconds replay_window{120'000};

  /// Most members held; of more the dead give way, then newcomers (`Alarm` "members_max"). 1 to
  /// 100000.
  std::size_t members_max = 10'000;

  /// Names the first field that is out of its range. Errors: invalid_argument.
  Result<void> validate() const;

  /// Survive stalls of 0.65 s (`fast`) and 5 s (`calm`); the default 1.7 s.
  static MembershipOptions fast();
  static MembershipOptions calm();
};

}  // namespace gossamer
