#pragma once

#include <string_view>

#include "fakecloud/message.hpp"
#include "fakecloud/operation.hpp"
#include "fakecloud/verify_signature.hpp"

namespace gossamer::fakecloud {

/// An error as the service of `operation` writes it.
Answer error_of(const Operation& operation, int status, std::string_view code,
                std::string_view message);

/// The status and code with which the service refuses such a request.
Answer refusal_of(const Operation& operation, const Disbelief& disbelief, aws::WallTime now);

}  // namespace gossamer::fakecloud
