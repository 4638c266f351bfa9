#pragma once

#include <cstdint>
#include <string>
#include <variant>

#include "gossamer/ids.hpp"

namespace gossamer::membership {

/// What every ping and ack says beside. Zero: it does not say.
struct Greeting {
  std::uint64_t clock_us = 0;     ///< Of the sender's PeriodClock.
  std::uint64_t view_digest = 0;  ///< Of the members that it holds to be live.
};
/// "Are you there?" Answered by an Ack with the same sequence, the same way that it came.
struct Ping {
  std::uint64_t sequence = 0;
  NodeId target{};  ///< A node that is somebody else by now does not answer for it.
  Greeting greeting{};
};
struct Ack {
  std::uint64_t sequence = 0;
  Greeting greeting{};  ///< Not in one that is passed on for another.
};
/// "Ping that member for me", where the helper holds it to live. Answered by an Ack, or by a Nack
/// when it stays silent.
struct PingRequest {
  std::uint64_t sequence = 0;
  NodeId target{};
};
/// "I am here, but the target did not answer me": so our own link is not the trouble.
struct Nack {
  std::uint64_t sequence = 0;
};
/// "Your object store is not ours": sent to a node that tried to join with another one.
struct Refused {
  std::string store_id{};
  std::string store_place{};
};
/// "It does not answer me: what do you find?" To a panel that checks it at once.
struct Inquest {
  NodeId accused{};
  Incarnation incarnation = 0;
  bool is_refused = false;  ///< "Nobody listens there": knock at it, beside pinging it.
};
/// What a member of the panel found. To the others of it and whoever asked.
struct Opinion {
  NodeId accused{};
  Incarnation incarnation = 0;
  bool is_clear = false;    ///< It answered; else it was silent here too.
  bool is_refused = false;  ///< It was asked whether anybody listens there.
};

using Message = std::variant<Ping, Ack, PingRequest, Nack, Refused, Inquest, Opinion>;

}  // namespace gossamer::membership
