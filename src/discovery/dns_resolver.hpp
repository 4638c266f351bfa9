#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "gossamer/ids.hpp"
#include "gossamer/result.hpp"

namespace gossamer {

/// `NAME:PORT`: its A and AAAA records; `NAME`: its SRV records and then their targets'.
struct DnsQuestion {
  std::string name{};
  std::uint16_t port = 0;            ///< 0: SRV records tell.
  std::optional<Endpoint> server{};  ///< Else those of resolv.conf.
};

struct DnsFound {
  std::vector<Endpoint> endpoints{};
  std::optional<Error> problem{};  ///< What could not be found beside them.
};

/// What the lookups of one source share with whoever may end them.
struct DnsLookups {
  std::atomic<bool> is_cancelled{false};
  std::atomic<bool> is_system_asked{false};  ///< By a thread of its own, that may outlive us.
};

inline constexpr int kDnsTimeoutS = 2;  ///< Of one attempt with one server, TCP included.
inline constexpr int kDnsAttempts = 2;
inline constexpr std::chrono::milliseconds kDnsWhole{10'000};  ///< Of all that one ask takes.
inline constexpr std::size_t kDnsTargetsMax = 256;
inline constexpr std::size_t kDnsSeedsMax = 16'384;

/// Blocks: at most 4 s for each query and name server and 10 s in all, and not longer than a moment
/// once it is cancelled.
///
/// With a port and no server the system is asked, so that /etc/hosts counts. The others are
/// queries, by which no search domain is tried. Addresses that can be no machine's are left out,
/// which is a problem. Errors: not_found (no such name, or it has no such records), unavailable
/// (the server failed, or refuses), timed_out, cancelled, corrupted, io.
Result<DnsFound> resolve(const DnsQuestion& question, const std::shared_ptr<DnsLookups>& lookups);

}  // namespace gossamer
