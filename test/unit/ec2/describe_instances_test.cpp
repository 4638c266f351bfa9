#include <catch2/catch.hpp>
#include <string>
#include <utility>

#include "aws/ec2_describe_instances.hpp"
#include "unit/ec2/answers.hpp"

namespace gossamer::aws {
namespace {

using test::describe_instances_answer;
using test::instance_item;

Ec2Page parse(const std::string& xml) {
  auto page = parse_describe_instances(as_bytes(xml));
  INFO((page ? "" : page.error().detail));
  REQUIRE(page);
  return std::move(*page);
}

Ec2Instance parse_one(const std::string& item) {
  Ec2Page page = parse(describe_instances_answer(item));
  REQUIRE(page.instances.size() == 1);
  return std::move(page.instances[0]);
}

TEST_CASE("DescribeInstances: filters and their values are numbered from 1", "[ec2]") {
  const Query query = describe_instances_query(
      {{"tag:role", {"node", "seed"}}, {"vpc-id", {"vpc-1"}}}, "page 2/==");
  CHECK(query == Query{{"Action", "DescribeInstances"},
                       {"Version", "2016-11-15"},
                       {"Filter.1.Name", "tag:role"},
                       {"Filter.1.Value.1", "node"},
                       {"Filter.1.Value.2", "seed"},
                       {"Filter.2.Name", "vpc-id"},
                       {"Filter.2.Value.1", "vpc-1"},
                       {"MaxResults", "1000"},
                       {"NextToken", "page 2/=="}});
  CHECK(describe_instances_query({}, "").back().first == "MaxResults");
}

TEST_CASE("DescribeInstances: the form holds any bytes", "[ec2]") {
  CHECK(to_form({{"a", "1"}, {"tag:x", "a b&c=d+e;\xc3\xa9*~"}}) ==
        "a=1&tag%3Ax=a%20b%26c%3Dd%2Be%3B%C3%A9%2A~");
  CHECK(to_form({}).empty());
}

TEST_CASE("DescribeInstances: what an instance has is read, what it has not is empty", "[ec2]") {
  const Ec2Instance full = parse_one(R"(<item>
      <instanceId>i-1</instanceId><imageId>ami-1</imageId>
      <instanceState><code>16</code><name>running</name></instanceState>
      <privateIpAddress>10.0.0.12</privateIpAddress><ipAddress>54.1.2.3</ipAddress>
      <placement><availabilityZone>us-west-2b</availabilityZone><groupName/></placement>
      <vpcId>vpc-1</vpcId><subnetId>subnet-1</subnetId><instanceType>c4.xlarge</instanceType>
      <launchTime>2018-05-08T16:46:19.000Z</launchTime>
      <ipv6Address>2001:db8::2</ipv6Address>
      <networkInterfaceSet>
        <item><ipv6AddressesSet><item><ipv6Address>2001:db8::1</ipv6Address></item>
              <item><ipv6Address>2001:db8::2</ipv6Address></item></ipv6AddressesSet></item>
        <item><ipv6AddressesSet/></item>
        <item><ipv6AddressesSet><item><ipv6Address>2001:db8::3</ipv6Address></item></ipv6AddressesSet>
        </item>
      </networkInterfaceSet>
      <tagSet><item><key>Name</key><value>a &lt;b&gt; &amp; &#233;</value></item>
              <item><key>empty</key><value/></item><item><key>blank</key><value>  </value></item>
      </tagSet></item>)");
  CHECK(full.id == "i-1");
  CHECK(full.state == "running");
  CHECK(full.private_v4 == "10.0.0.12");
  CHECK(full.public_v4 == "54.1.2.3");
  CHECK(full.ipv6 == "2001:db8::2");
  CHECK(full.zone == "us-west-2b");
  CHECK(full.tags == std::map<std::string, std::string>{
                         {"Name", "a <b> & \xc3\xa9"}, {"empty", ""}, {"blank", "  "}});
  CHECK(parse_one("<item/>") == Ec2Instance{});
}

TEST_CASE("DescribeInstances: all reservations count, and a page may be empty", "[ec2]") {
  const Ec2Page page = parse(
      "<DescribeInstancesResponse><reservationSet>"
      "<item><instancesSet><item><instanceId>i-1</instanceId></item></instancesSet></item>"
      "<item><instancesSet/></item><item/>"
      "<item><instancesSet><item><instanceId>i-2</instanceId></item>"
      "<item><instanceId>i-3</instanceId></item></instancesSet></item>"
      "</reservationSet><nextToken>more</nextToken></DescribeInstancesResponse>");
  REQUIRE(page.instances.size() == 3);
  CHECK(page.instances[2].id == "i-3");
  CHECK(page.next_token == "more");
  const Ec2Page empty = parse(describe_instances_answer("", "more"));
  CHECK(empty.instances.empty());
  CHECK(empty.next_token == "more");
  CHECK(parse("<DescribeInstancesResponse/>").next_token.empty());
}

TEST_CASE("DescribeInstances: prefixes, comments and CDATA change nothing", "[ec2]") {
  const Ec2Page page = parse(
      "<e:DescribeInstancesResponse xmlns:e='urn:x'><e:reservationSet><e:item><e:instancesSet><!-- "
      "x "
      "--><e:item><e:instanceId>i-<!-- y --><![CDATA[1]]></e:instanceId></e:item></e:instancesSet>"
      "</e:item></e:reservationSet></e:DescribeInstancesResponse>");
  REQUIRE(page.instances.size() == 1);
  CHECK(page.instances[0].id == "i-1");
}

TEST_CASE("DescribeInstances: a DOCTYPE opens no file and grows nothing", "[ec2]") {
  const std::string bomb =
      "<!DOCTYPE x [<!ENTITY a 'aaaaaaaaaa'><!ENTITY b '&a;&a;&a;&a;'>"
      "<!ENTITY file SYSTEM 'file:///etc/passwd'>]>";
  const auto page = parse_describe_instances(as_bytes(
      bomb +
      "<DescribeInstancesResponse><nextToken>&b;&file;</nextToken></DescribeInstancesResponse>"));
  REQUIRE(page);
  CHECK(page->next_token == "&b;&file;");
}

TEST_CASE("DescribeInstances: what is no such answer is refused", "[ec2]") {
  const auto row = GENERATE(values<std::pair<std::string, const char*>>(
      {{"", "cannot be read"},
       {"nonsense", "cannot be read"},
       {"<DescribeInstancesResponse>", "cannot be read"},
       {"<html><body>Please log in</body></html>", "does something between answer for EC2?"},
       {"<Response><Errors/></Response>", "it is no DescribeInstancesResponse"},
       {"<DescribeInstancesResponse>\xff</DescribeInstancesResponse>", "not UTF-8"},
       {"<DescribeInstancesResponse>\xc0\xaf</DescribeInstancesResponse>", "not UTF-8"},
       {"<DescribeInstancesResponse>\xed\xa0\x80</DescribeInstancesResponse>", "not UTF-8"},
       {"<DescribeInstancesResponse><nextToken>" + std::string(20'000, 'x') +
            "</nextToken></DescribeInstancesResponse>",
        "NextToken has more than"}}));
  const auto page = parse_describe_instances(as_bytes(row.first));
  REQUIRE_FALSE(page);
  CHECK(page.error().code == ErrorCode::corrupted);
  CHECK_THAT(page.error().detail, Catch::Contains(row.second));
  const auto large = parse_describe_instances(Bytes(kEc2PageBytesMax + 1, ' '));
  REQUIRE_FALSE(large);
  CHECK(large.error().code == ErrorCode::resource_exhausted);
}

TEST_CASE("DescribeInstances: elements may be nested as deep as there is room", "[ec2]") {
  std::string deep;
  for (int i = 0; i < 300'000; ++i) deep += "<a>";
  CHECK_FALSE(parse_describe_instances(as_bytes(deep)));
  std::string closed = "<DescribeInstancesResponse>" + deep;
  for (int i = 0; i < 300'000; ++i) closed += "</a>";
  closed += "<nextToken>x</nextToken></DescribeInstancesResponse>";
  const auto page = parse_describe_instances(as_bytes(closed));
  REQUIRE(page);
  CHECK(page->next_token == "x");
}

TEST_CASE("DescribeInstances: without an IPv6 address of its own, the first interface's counts",
          "[ec2]") {
  CHECK(parse_one("<item><networkInterfaceSet><item><ipv6AddressesSet/></item>"
                  "<item><ipv6AddressesSet><item><ipv6Address>2001:db8::1</ipv6Address></item>"
                  "<item><ipv6Address>2001:db8::2</ipv6Address></item></ipv6AddressesSet></item>"
                  "</networkInterfaceSet></item>")
            .ipv6 == "2001:db8::1");
}

std::string repeated(const std::string& text, std::size_t times) {
  std::string all;
  all.reserve(text.size() * times);
  for (std::size_t i = 0; i < times; ++i) all += text;
  return all;
}

TEST_CASE("DescribeInstances: a page that is all markup is refused before it is parsed", "[ec2]") {
  const std::string empty_element =
      GENERATE("<a/>", "<item/>", "<i><ipv6Address>1</ipv6Address></i>");
  const std::size_t most = kEc2PageBytesMax / empty_element.size() - 100;
  const auto page =
      parse_describe_instances(as_bytes(describe_instances_answer(repeated(empty_element, most))));
  REQUIRE_FALSE(page);
  CHECK(page.error().code == ErrorCode::resource_exhausted);
  CHECK_THAT(page.error().detail, Catch::Contains("pieces of markup"));
}

TEST_CASE("DescribeInstances: instances, tags and fields have bounds, and at them are read",
          "[ec2]") {
  const auto refused = [](const std::string& items) {
    const auto page = parse_describe_instances(as_bytes(describe_instances_answer(items)));
    return page ? "" : page.error().detail;
  };
  CHECK(refused(repeated("<item/>", kEc2PageInstancesMax)).empty());
  CHECK_THAT(refused(repeated("<item/>", kEc2PageInstancesMax + 1)),
             Catch::Contains("more than 10000 instances"));
  const auto tagged = [](std::size_t tags) {
    std::string items;
    for (std::size_t i = 0; i < tags; ++i) items += "<i><key>" + std::to_string(i) + "</key></i>";
    return "<item><tagSet>" + items + "</tagSet></item>";
  };
  CHECK(refused(tagged(kEc2InstanceTagsMax)).empty());
  CHECK_THAT(refused(tagged(kEc2InstanceTagsMax + 1)), Catch::Contains("more than 200 tags"));
  CHECK(refused(instance_item(std::string(kEc2FieldBytesMax, 'i'), "10.0.0.1")).empty());
  CHECK_THAT(refused(instance_item(std::string(kEc2FieldBytesMax + 1, 'i'), "10.0.0.1")),
             Catch::Contains("more than 256 bytes in one field"));
}

}  // namespace
}  // namespace gossamer::aws
