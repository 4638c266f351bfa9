#pragma once

#include <cstdint>
#include <string>
#include <utility>

#include "admin/channel.hpp"
#include "gossamer/ids.hpp"
#include "transport/address_ranges.hpp"
#include "transport/address_rate.hpp"

namespace gossamer::admin {

/// Bounds of what comes from addresses that have proved nothing yet; an address is what
/// counted_as() makes of it.
struct DoorLimits {
  AddressRanges addresses{};                 ///< Nobody else is let in; without any, everybody.
  std::size_t connects_per_second_max = 50;  ///< Of one address.
  std::size_t failed_per_minute_max = 10;    ///< Of one address; then none of it is looked at.
  /// Of all. One more takes the place of the oldest, of the address that holds most.
  std::size_t unproven_max = 128;
  std::size_t unproven_per_address_max = 8;
  Duration proof_timeout = std::chrono::seconds{5};  ///< Then it has failed.
};

/// Where a node lets in by TCP who has the token.
struct DoorPlace {
  Endpoint endpoint{};  ///< Port 0 picks one.
  TokenKey key{};
  DoorLimits limits{};
};

struct DoorCounters {
  std::uint64_t admitted = 0;
  std::uint64_t refused = 0;  ///< A wrong proof, what is no introduction, or none in time.
  std::uint64_t turned_away =
      0;  ///< Before a byte was read: too often, too many failures, outside.
};

/// Who may try the token, and how often.
class Door {
 public:
  explicit Door(DoorPlace place)
      : place_(std::move(place)),
        connects_(place_.limits.connects_per_second_max),
        failures_(place_.limits.failed_per_minute_max, std::chrono::minutes{1}) {}

  bool lets_try(Instant now, const SocketAddress& from);
  void on_refused(Instant now, const std::string& address);
  void on_admitted() { ++counters_.admitted; }

  const TokenKey& key() const { return place_.key; }
  const DoorLimits& limits() const { return place_.limits; }
  const DoorCounters& counters() const { return counters_; }

 private:
  DoorPlace place_;
  AddressRate connects_;
  AddressRate failures_;
  DoorCounters counters_{};
};

}  // namespace gossamer::admin
