#pragma once

#include <cstddef>
#include <optional>

#include "gossamer/ids.hpp"

namespace gossamer::bench {

/// How many TCP connections of this process lead there.
std::size_t count_own_connections(const Endpoint& to);

/// Ends TCP connections of this process by a reset, without a word to whoever uses them: both ends
/// see what they would if somebody on the way forged one. `to` chooses those that lead there; else
/// it is all, whoever made them. How many.
std::size_t reset_own_connections(const std::optional<Endpoint>& to);

}  // namespace gossamer::bench
