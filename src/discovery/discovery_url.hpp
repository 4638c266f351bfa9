#pragma once

#include <memory>
#include <string_view>

#include "aws/session.hpp"
#include "gossamer/ports/discovery.hpp"
#include "gossamer/result.hpp"
#include "ports/workers.hpp"

namespace gossamer {

/// Makes what `--discover` names: `static:HOST:PORT,HOST:PORT..` (numeric hosts or localhost, as
/// many as a file of seeds may have), `file:PATH`, `dns:NAME[:PORT][?server=ADDRESS:PORT]` (see
/// DnsQuestion) or `ec2:KEY=VALUE[;..][?..]` (see Ec2Url).
///
/// Errors: invalid_argument, saying what was wrong, or which schemes there are.
/// **Lifetime**: `workers` and `session` outlive the answer.
Result<std::unique_ptr<Discovery>> make_discovery(std::string_view url, Workers& workers,
                                                  aws::Session& session);

}  // namespace gossamer
