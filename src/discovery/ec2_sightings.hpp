#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "aws/ec2_describe_instances.hpp"
#include "discovery/ec2_url.hpp"
#include "gossamer/ports/discovery.hpp"

namespace gossamer {

/// Where machines were when they still had addresses: EC2 takes them from a terminated instance.
using LastEndpoints = std::map<std::string, Endpoint>;

/// Every instance as a sighting, in the order of `instances`: a seed, or why it is none.
///
/// `own_machine` is this machine's instance id; empty: not known. A machine that is gone has the
/// endpoint that it last had, unless another machine has that now.
std::vector<Sighting> sightings_of(const std::vector<aws::Ec2Instance>& instances,
                                   const Ec2Url& url, std::string_view own_machine,
                                   const LastEndpoints& last);

/// The endpoints of the sightings that are seeds.
std::vector<Endpoint> seeds_of(const std::vector<Sighting>& sightings);

}  // namespace gossamer
