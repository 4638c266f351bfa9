#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace gossamer::aws {

/// Seconds since 1970, as signatures and credentials count.
using WallTime = std::chrono::sys_seconds;

/// Tests freeze it. Copies of the system's clock are not steady: nothing is timed with it.
using WallClock = std::function<WallTime()>;
WallTime system_wall_time();

/// `20150830T123600Z`.
std::string to_basic_time(WallTime at);
/// `2015-08-30T12:36:00Z`, with or without fractions, or with `+00:00`; empty if it is neither.
std::optional<WallTime> parse_iso_time(std::string_view text);
/// `Sun, 30 Aug 2015 12:36:00 GMT`, as of an HTTP Date.
std::optional<WallTime> parse_http_time(std::string_view text);

}  // namespace gossamer::aws
