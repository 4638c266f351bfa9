#pragma once

#include "fakecloud/operation.hpp"
#include "fakecloud/parts.hpp"

namespace gossamer::fakecloud {

/// STS: AssumeRoleWithWebIdentity, which is not signed, for any token that is not empty; and
/// GetCallerIdentity, for a believed request.
Answer serve_sts(Parts& parts, const Operation& operation, const Moment& moment);
/// The endpoint that hands credentials to containers.
Answer serve_container_credentials(Parts& parts, const Moment& moment);

}  // namespace gossamer::fakecloud
