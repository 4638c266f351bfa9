#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
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

inline constexpr int kDnsTimeoutS = 2;  ///< Of one attempt with one server.
inline constexpr int kDnsAttempts = 2;
inline constexpr std::size_t kDnsTargetsMax = 256;

/// Blocks: at most 4 s for each query and name server, and begins none after 10 s or once
/// `is_cancelled`.
///
/// With a port and no server the system is asked, so that /etc/hosts counts. The others are
/// queries, by which no search domain is tried. Errors: not_found (no such name, or it has no such
/// records), unavailable (the server failed, or refuses), timed_out, corrupted, io.
Result<DnsFound> resolve(const DnsQuestion& question, const std::atomic<bool>& is_cancelled);

}  // namespace gossamer
