#pragma once

#include "fakecloud/operation.hpp"
#include "fakecloud/parts.hpp"
#include "fakecloud/xml_writer.hpp"

namespace gossamer::fakecloud {

/// Does what a believed EC2 request asks for.
Answer serve_ec2(Parts& parts, const Operation& operation, const Moment& moment);

/// The fields of one instance, as DescribeInstances tells them.
void write_instance(XmlWriter& xml, const Machine& machine);

}  // namespace gossamer::fakecloud
