#pragma once

#include <functional>
#include <memory>
#include <string>

#include "discovery/dns_resolver.hpp"

namespace gossamer {

/// Runs `lookup` on a thread of its own and waits for it, but not longer than the bound: the C
/// library's lookups cannot be ended, and no node is to wait for one when it closes.
///
/// One that did not end in time is left to end by itself, if it ever does; until then the next of
/// the same `lookups` is refused, so that each source leaves one thread behind at most. `lookup` is
/// to hold on to nothing. Errors: timed_out, cancelled, unavailable (the one before has not ended),
/// io (no thread), and those of `lookup`.
Result<DnsFound> run_aside(std::function<Result<DnsFound>()> lookup,
                           const std::shared_ptr<DnsLookups>& lookups,
                           std::chrono::milliseconds within);

/// The addresses that the system tells, by /etc/hosts, search domains and all.
Result<DnsFound> ask_system(const std::string& name, std::uint16_t port,
                            const std::shared_ptr<DnsLookups>& lookups);

}  // namespace gossamer
