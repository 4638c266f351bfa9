#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "gossamer/result.hpp"

namespace gossamer {

/// The desired state of a service. Names a factory that the nodes' program was compiled with.
struct ServiceSpec {
  /// Required. 1 to 64 of `a-z 0-9 - _ .`, beginning with a letter or digit.
  std::string name{};
  /// Which factory starts it. Empty: the one called `name`.
  std::string factory{};
  /// Handed to the factory as it is. At most 64 KiB.
  std::string arguments{};
  /// Units, ordinals 0 to instances-1. 1 to 1000.
  std::uint32_t instances = 1;
  /// How long an owner must stay down before another takes over. Longer rides out reboots and keeps
  /// state where it is. 0 to 1 h.
  std::chrono::milliseconds takeover_delay{0};
  /// How long an owner may live without publishing the unit before it may be replaced. Must exceed
  /// what it takes to begin elsewhere (to list the journal, to fetch the state, to replay what came
  /// after it, and to start), or new owners replace each other. 1 s to 1 h.
  std::chrono::milliseconds start_timeout{30'000};
  /// A `local` write reaches the journal within this, or when 1 MiB waits. Shorter costs requests:
  /// 100 ms is about $130 a month and busy unit. 10 ms to 1 h.
  std::chrono::milliseconds ship_interval{1'000};
  /// A freeze follows this many journal entries behind the newest one. 0 to 1000000; 0: only on
  /// demand.
  std::uint32_t freeze_after_entries = 1'000;

  /// Names the first bad field and its range. Errors: invalid_argument.
  Result<void> validate() const;
};

}  // namespace gossamer
