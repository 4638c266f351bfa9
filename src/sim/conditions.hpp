#pragma once

#include <chrono>
#include <cstdint>

#include "base/instant.hpp"

// How well or badly the simulated world behaves. Chances are in per mille.

namespace gossamer::sim {

struct NetworkConditions {
  std::uint32_t lost = 0;
  std::uint32_t doubled = 0;
  /// Somebody records datagrams, and after each sent one sends an old one again: to anybody, as if
  /// from any node's address.
  std::uint32_t replayed = 0;
  std::uint32_t late = 2;  ///< Takes up to `late_max`, so that others overtake it.
  Duration delay_min = std::chrono::microseconds{100};
  Duration delay_max = std::chrono::microseconds{500};
  Duration late_max = std::chrono::milliseconds{30};
  std::uint32_t regions = 1;  ///< The machines are in them in turn.
  Duration apart{};           ///< So much more it takes from one region to another.
};

struct DiskConditions {
  Duration sync_min = std::chrono::microseconds{500};
  Duration sync_max = std::chrono::milliseconds{4};
};

struct ObjectConditions {
  Duration latency_min = std::chrono::milliseconds{4};
  Duration latency_max = std::chrono::milliseconds{30};
  Duration timeout = std::chrono::milliseconds{1500};
  Duration late_max = std::chrono::seconds{15};
  std::uint32_t late_writes = 0;    ///< Answered unknown at the timeout, and takes effect after it.
  std::uint32_t late_removes = 0;   ///< The same for removes.
  std::uint32_t slow_writes = 0;    ///< Takes effect just before the timeout.
  std::uint32_t lost_answers = 0;   ///< Takes effect, answered unknown.
  std::uint32_t lost_requests = 0;  ///< Never takes effect, answered unknown.
  std::uint32_t throttled = 0;      ///< Answered unknown or refused at once.
  std::uint32_t slow_reads = 0;  ///< Of the moment when computed, answered just before the timeout.
  std::uint32_t page_max = 1000;  ///< Most keys in a page of a list.
};

}  // namespace gossamer::sim
