#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "discovery/dns_resolver.hpp"
#include "gossamer/ports/discovery.hpp"
#include "ports/workers.hpp"

namespace gossamer {

/// Reads `NAME[:PORT][?server=ADDRESS:PORT]`. Errors: invalid_argument.
Result<DnsQuestion> parse_dns_url(std::string_view after_scheme);

/// Resolves the name anew whenever it is asked, on a worker. `name` is the whole URL, for messages.
///
/// Errors: those of resolve(). **Lifetime**: `workers` outlives it.
std::unique_ptr<Discovery> make_dns_discovery(std::string name, DnsQuestion question,
                                              Workers& workers);

}  // namespace gossamer
