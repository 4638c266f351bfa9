// One instance of DescribeInstances' answer.

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "fakecloud/ec2_service.hpp"
#include "fakecloud/service_time.hpp"

namespace gossamer::fakecloud {
namespace {

int code_of(std::string_view state) {
  constexpr std::array<std::pair<std::string_view, int>, 6> kCodes{{{"pending", 0},
                                                                    {"running", 16},
                                                                    {"shutting-down", 32},
                                                                    {"terminated", 48},
                                                                    {"stopping", 64},
                                                                    {"stopped", 80}}};
  const auto found = std::find_if(kCodes.begin(), kCodes.end(),
                                  [&](const auto& code) { return code.first == state; });
  return found == kCodes.end() ? 16 : found->second;
}

std::string private_name(const FakeInstance& instance) {
  if (instance.private_v4.empty()) return {};
  std::string name = "ip-" + instance.private_v4 + ".ec2.internal";
  std::replace(name.begin() + 3,
               name.begin() + 3 + static_cast<std::ptrdiff_t>(instance.private_v4.size()), '.',
               '-');
  return name;
}

std::string public_name(const FakeInstance& instance) {
  if (instance.public_v4.empty()) return {};
  std::string name = "ec2-" + instance.public_v4;
  std::replace(name.begin(), name.end(), '.', '-');
  return name + ".compute-1.amazonaws.com";
}

void write_groups(XmlWriter& xml) {
  xml.open("groupSet").open("item").text("groupId", "sg-0123456789abcdef0");
  xml.text("groupName", "default").close().close();
}

void write_association(XmlWriter& xml, const FakeInstance& instance) {
  if (instance.public_v4.empty()) return;
  xml.open("association").text("publicIp", instance.public_v4);
  xml.text("publicDnsName", public_name(instance)).text("ipOwnerId", "amazon").close();
}

void write_interface(XmlWriter& xml, const Machine& machine) {
  const FakeInstance& instance = machine.instance;
  xml.open("networkInterfaceSet").open("item");
  xml.text("networkInterfaceId", machine.interface).text("subnetId", machine.subnet);
  xml.text("vpcId", instance.vpc).text("description", "").text("ownerId", "123456789012");
  xml.text("status", "in-use").text("macAddress", machine.mac);
  if (!instance.private_v4.empty()) xml.text("privateIpAddress", instance.private_v4);
  xml.text("sourceDestCheck", "true");
  write_groups(xml);
  xml.open("attachment").text("attachmentId", "eni-attach-0123456789abcdef0");
  xml.text("deviceIndex", "0").text("status", "attached");
  xml.text("attachTime", to_iso_time(machine.launched)).text("deleteOnTermination", "true").close();
  write_association(xml, instance);
  xml.open("privateIpAddressesSet");
  if (!instance.private_v4.empty()) {
    xml.open("item").text("privateIpAddress", instance.private_v4).text("primary", "true");
    write_association(xml, instance);
    xml.close();
  }
  xml.close().open("ipv6AddressesSet");
  if (!instance.ipv6.empty()) {
    xml.open("item").text("ipv6Address", instance.ipv6).text("isPrimaryIpv6", "false").close();
  }
  xml.close().text("interfaceType", "interface").close().close();
}

void write_network(XmlWriter& xml, const Machine& machine) {
  const FakeInstance& instance = machine.instance;
  xml.text("subnetId", machine.subnet).text("vpcId", instance.vpc);
  if (!instance.private_v4.empty()) xml.text("privateIpAddress", instance.private_v4);
  // A stopped machine has given its public address back.
  if (!instance.public_v4.empty() && instance.state != "stopped") {
    xml.text("ipAddress", instance.public_v4);
  }
  if (!instance.ipv6.empty()) xml.text("ipv6Address", instance.ipv6);
  xml.text("sourceDestCheck", "true");
  write_groups(xml);
  write_interface(xml, machine);
}

}  // namespace

void write_instance(XmlWriter& xml, const Machine& machine) {
  const FakeInstance& instance = machine.instance;
  // Of a terminated machine all that had an address is gone.
  const bool has_network = instance.state != "terminated";
  xml.text("instanceId", instance.id).text("imageId", "ami-0123456789abcdef0");
  xml.open("instanceState").text("code", std::to_string(code_of(instance.state)));
  xml.text("name", instance.state).close();
  xml.text("privateDnsName", has_network ? private_name(instance) : "");
  xml.text("dnsName", has_network ? public_name(instance) : "");
  xml.text("reason", has_network ? "" : "User initiated");
  xml.text("amiLaunchIndex", std::to_string(machine.number % 3)).open("productCodes").close();
  xml.text("instanceType", instance.instance_type)
      .text("launchTime", to_iso_time(machine.launched));
  xml.open("placement").text("availabilityZone", instance.zone).text("groupName", "");
  xml.text("tenancy", "default").close();
  xml.open("monitoring").text("state", "disabled").close();
  if (has_network) {
    write_network(xml, machine);
  } else {
    xml.open("networkInterfaceSet").close();
  }
  xml.text("architecture", "x86_64").text("rootDeviceType", "ebs");
  xml.text("rootDeviceName", "/dev/xvda").open("blockDeviceMapping").close();
  xml.text("virtualizationType", "hvm").text("clientToken", "");
  if (!instance.tags.empty()) {
    xml.open("tagSet");
    for (const auto& [key, value] : instance.tags) {
      xml.open("item").text("key", key).text("value", value).close();
    }
    xml.close();
  }
  xml.text("hypervisor", "xen").text("ebsOptimized", "false").text("enaSupport", "true");
  xml.open("metadataOptions").text("state", "applied").text("httpTokens", "required");
  xml.text("httpPutResponseHopLimit", "2").text("httpEndpoint", "enabled");
  xml.text("instanceMetadataTags", "enabled").close();
}

}  // namespace gossamer::fakecloud
