#pragma once

#include <chrono>
#include <cstddef>
#include <string>

namespace gossamer::bench {

using SteadyTime = std::chrono::steady_clock::time_point;

/// What scenarios can be told. Each has the options that mean something to it.
struct Settings {
  std::size_t nodes = 50;
  std::size_t repeats = 5;
  std::size_t loops = 1;  ///< Each with a thread; the nodes are spread over them.
  std::string profile = "default";
  std::size_t probe_interval_ms = 0;  ///< 0: the profile's.
  std::string death = "process";
  std::string mode = "burst";
  std::size_t gap_ms = 20;  ///< From one to the next, where it is one by one.
  double seconds = 20;      ///< Of each window that is measured.
  /// Quiet time after all see all, in which rumours of the join die down.
  std::size_t settle_ms = 10'000;
  std::size_t loss_percent = 0;
  bool is_busy = false;
  std::size_t rate = 100;
  std::size_t origins = 0;  ///< 0: ten, or all if there are fewer.
  std::size_t blocked = 4;
  std::size_t blocked_ms = 12'000;
  std::size_t running_ms = 100;
  std::string kind = "reset";  ///< Of `disturb`.
  std::size_t times = 1000;    ///< Of `disturb`: how many resets, refusals or restarts.
  std::size_t places = 1;      ///< Of `disturb --kind refuse`: nodes that are refused.
  std::size_t hold_ms = 150;   ///< And for how long.
  std::size_t stall_ms = 1500;
  std::size_t after_ms = 5'000;     ///< How long a late verdict is waited for.
  std::size_t packets = 1'000'000;  ///< Of `junk`.
  std::size_t packets_per_s = 100'000;
  bool is_insecure = false;
  std::size_t state_mib = 2;  ///< What the service of `failover` holds.
  bool is_json = true;

  /// On this machine no stream ever loses anything, so where datagrams are lost there is no such
  /// way.
  bool has_stream_probes() const { return loss_percent == 0; }
};

inline double milliseconds_since(SteadyTime from, SteadyTime to) {
  return std::chrono::duration<double, std::milli>(to - from).count();
}

}  // namespace gossamer::bench
