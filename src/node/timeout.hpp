#pragma once

#include <algorithm>
#include <chrono>

namespace gossamer::node {

/// What users give as a timeout, as something that clocks can count with: for ever is a day.
inline std::chrono::milliseconds within_a_day(std::chrono::milliseconds timeout) {
  return std::clamp(timeout, std::chrono::milliseconds{0},
                    std::chrono::milliseconds{std::chrono::hours{24}});
}

}  // namespace gossamer::node
