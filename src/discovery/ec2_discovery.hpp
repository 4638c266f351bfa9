#pragma once

#include <memory>
#include <string>

#include "aws/session.hpp"
#include "discovery/ec2_url.hpp"
#include "gossamer/ports/discovery.hpp"

namespace gossamer {

/// Asks EC2 which instances have the tags of `url`: a witness as well as a source of seeds.
///
/// One series of DescribeInstances calls at a time, at the pace of Ec2Pace; a call is not repeated
/// before its time, since what EC2 counts is calls. This machine is left out if its metadata
/// service has told its id by then, which nobody waits for.
///
/// `name` is the whole URL, for messages. Errors: permission_denied (the permission is
/// ec2:DescribeInstances, and it needs no other), unavailable (no answer, throttled), those of
/// finding a region and credentials, and corrupted.
/// **Lifetime**: `session` outlives it.
std::unique_ptr<Discovery> make_ec2_discovery(std::string name, Ec2Url url, aws::Session& session);

}  // namespace gossamer
