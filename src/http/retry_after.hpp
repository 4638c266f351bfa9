#pragma once

#include <chrono>
#include <optional>

#include "http/message.hpp"

namespace gossamer::http {

/// How long the server asks to be left alone: Retry-After in seconds, or as a date, which is
/// counted from the answer's own Date, or if it has none from `now` (since the epoch). Nothing if
/// it does not ask, or not in a way that can be understood; never negative.
std::optional<std::chrono::seconds> parse_retry_after(const Headers& headers,
                                                      std::chrono::seconds now);

}  // namespace gossamer::http
