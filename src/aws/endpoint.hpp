#pragma once

#include <string>
#include <string_view>

#include "gossamer/result.hpp"

namespace gossamer::aws {

/// Whether it can be a region's name: `us-gov-west-1`.
bool is_region(std::string_view text);

/// Scheme, host and port of a service: `https://ec2.us-east-1.amazonaws.com`, in the domain of the
/// region's partition (amazonaws.com, amazonaws.com.cn, us-gov and the isolated ones), dual-stack
/// where asked. Errors: invalid_argument (a region that can be none, or dual-stack where there is
/// none).
/// Source: botocore's endpoint rule sets.
Result<std::string> endpoint_of(std::string_view service, std::string_view region,
                                bool is_dual_stack);

/// Whether a region may be called so: letters, digits, `-` and `_`. Only AWS's own, which
/// endpoint_of knows, are written like eu-west-1; other clouds have a RegionOne.
bool is_region_name(std::string_view text);

/// `http://127.0.0.1:9000` or `https://host`, as a person gave it, checked: no path, user or query.
/// In lower case, and without the scheme's own port, since that is the Host header which clients
/// send. Errors: invalid_argument.
Result<std::string> parse_endpoint_url(std::string_view text);
/// The Host header of an endpoint: without the scheme, and without the scheme's own port.
std::string host_of(std::string_view endpoint);

}  // namespace gossamer::aws
