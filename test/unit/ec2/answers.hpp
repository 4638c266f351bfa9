#pragma once

#include <string>

namespace gossamer::test {

/// As EC2 writes it, with one reservation around `instances`.
inline std::string describe_instances_answer(const std::string& instances,
                                             const std::string& next_token = {}) {
  std::string answer =
      R"(<?xml version="1.0" encoding="UTF-8"?>
<DescribeInstancesResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/">
    <requestId>8f7724cf-496f-496e-8fe3-example</requestId>
    <reservationSet>)";
  if (!instances.empty()) {
    answer +=
        "<item><reservationId>r-1</reservationId><ownerId>1</ownerId><groupSet/><instancesSet>" +
        instances + "</instancesSet></item>";
  }
  answer += "</reservationSet>";
  if (!next_token.empty()) answer += "<nextToken>" + next_token + "</nextToken>";
  return answer + "</DescribeInstancesResponse>";
}

/// A running instance with a private address.
inline std::string instance_item(const std::string& id, const std::string& private_v4,
                                 const std::string& more = {},
                                 const std::string& state = "running") {
  return "<item><instanceId>" + id + "</instanceId><instanceState><code>16</code><name>" + state +
         "</name></instanceState>" +
         (private_v4.empty() ? "" : "<privateIpAddress>" + private_v4 + "</privateIpAddress>") +
         "<placement><availabilityZone>eu-west-1a</availabilityZone></placement>" + more +
         "</item>";
}

}  // namespace gossamer::test
