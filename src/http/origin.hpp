#pragma once

#include <string>

#include "gossamer/result.hpp"

namespace gossamer::http {

/// `scheme://host:port` of a URL: what may be shown of it, and whose connections are counted
/// together. Path and query may be secrets (presigned URLs).
///
/// Errors: invalid_argument, also for what would not be sent as it stands: a user or a fragment in
/// it, a space, a control character, anything but ASCII.
Result<std::string> parse_origin(const std::string& url);

}  // namespace gossamer::http
