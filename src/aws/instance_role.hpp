#pragma once

#include <memory>

#include "aws/credentials.hpp"
#include "aws/instance_metadata.hpp"

namespace gossamer::aws {

/// The role of the EC2 instance, by its metadata service. An instance without a role is no error.
/// **Lifetime**: `metadata` outlives it.
std::unique_ptr<CredentialsSource> make_instance_role(InstanceMetadata& metadata, bool is_disabled);

}  // namespace gossamer::aws
