#pragma once

#include <cstdint>
#include <vector>

#include "base/instant.hpp"
#include "gossamer/ids.hpp"

namespace gossamer::membership {

/// A member at whose port nobody may be listening any more: its link was closed, or somebody says
/// so. It is knocked at and pinged at once.
struct Refusal {
  Incarnation incarnation = 0;
  Instant since{};
  bool is_refused = false;  ///< Our knock was.
  bool was_open = false;  ///< It was not; but a process that ends closes its links before its port.
  std::uint8_t tries = 0;  ///< How often we have tried anew for that.
  bool is_silent = false;  ///< Our ping was not answered.
  bool is_mine = false;    ///< We have noticed it: the panel is ours to ask.
  bool has_asked = false;
  bool is_told = false;  ///< A verdict says that several were refused.
  std::vector<Endpoint> askers{};
  std::vector<NodeId> asked{};  ///< By us; nobody else's opinion is heard.
  std::vector<NodeId> confirmers{};
};

}  // namespace gossamer::membership
