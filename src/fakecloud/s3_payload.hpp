#pragma once

#include <tl/expected.hpp>

#include "fakecloud/operation.hpp"
#include "fakecloud/parts.hpp"

namespace gossamer::fakecloud {

/// The bytes that a put means: without the frames of aws-chunked, and checked against every hash
/// that the request states. Unexpected: the refusal.
tl::expected<SharedBody, Answer> payload_of(const Parts& parts, const Request& request,
                                            const Operation& operation);

}  // namespace gossamer::fakecloud
