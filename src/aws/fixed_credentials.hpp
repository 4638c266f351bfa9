#pragma once

#include <memory>

#include "aws/credentials.hpp"
#include "aws/environment.hpp"
#include "gossamer/aws_options.hpp"

namespace gossamer::aws {

/// Keys that the node's options state. A key without its secret, or the other way round, is an
/// error.
std::unique_ptr<CredentialsSource> make_stated_credentials(const AwsOptions& options);

/// AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN, as they are now.
std::unique_ptr<CredentialsSource> make_environment_credentials(const Environment& environment);

}  // namespace gossamer::aws
