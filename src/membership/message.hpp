#pragma once

#include <cstdint>
#include <string>
#include <variant>

#include "gossamer/ids.hpp"

namespace gossamer::membership {

/// "Are you there?" Answered by an Ack with the same sequence, the same way that it came.
struct Ping {
  std::uint64_t sequence = 0;
  NodeId target{};  ///< A node that is somebody else by now does not answer for it.
};
struct Ack {
  std::uint64_t sequence = 0;
};
/// "Ping that member for me." Answered by an Ack, or by a Nack when it stays silent.
struct PingRequest {
  std::uint64_t sequence = 0;
  NodeId target{};
  Endpoint target_endpoint{};
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

using Message = std::variant<Ping, Ack, PingRequest, Nack, Refused>;

}  // namespace gossamer::membership
