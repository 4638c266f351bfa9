#pragma once

#include "fakecloud/operation.hpp"
#include "fakecloud/parts.hpp"

namespace gossamer::fakecloud {

/// The instance metadata service, version 2, of the machine that the path names.
/// Source: "Use IMDSv2", Amazon EC2 User Guide.
Answer serve_metadata(Parts& parts, const Request& request, const Operation& operation,
                      const Moment& moment);

}  // namespace gossamer::fakecloud
