#include "aws/ec2_describe_instances.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <pugixml.hpp>
#include <utility>

#include "aws/uri.hpp"

namespace gossamer::aws {
namespace {

constexpr const char* kApiVersion = "2016-11-15";
constexpr std::size_t kTokenBytesMax = 16 * 1024;

tl::unexpected<Error> refuse(const std::string& why) {
  return fail(ErrorCode::corrupted,
              fmt::format("the answer to DescribeInstances cannot be read: {}", why));
}

tl::unexpected<Error> exhausted(std::string_view what, std::size_t most) {
  return fail(
      ErrorCode::resource_exhausted,
      fmt::format("the answer to DescribeInstances has more than {} {}: does something else "
                  "answer for EC2?",
                  most, what));
}

std::string_view local_name(const pugi::xml_node& node) {
  const std::string_view name = node.name();
  const std::size_t colon = name.rfind(':');
  return colon == std::string_view::npos ? name : name.substr(colon + 1);
}

bool is_element(const pugi::xml_node& node) {
  return node.type() == pugi::node_element;
}

/// The first child of that name, whatever its namespace; a null node if there is none.
pugi::xml_node child(const pugi::xml_node& node, std::string_view name) {
  for (const pugi::xml_node& each : node.children()) {
    if (is_element(each) && local_name(each) == name) return each;
  }
  return {};
}

/// Its characters up to the first element in it; comments do not part them.
std::string text_of(const pugi::xml_node& node) {
  std::string text;
  for (const pugi::xml_node& each : node.children()) {
    if (is_element(each)) break;
    if (each.type() == pugi::node_pcdata || each.type() == pugi::node_cdata) text += each.value();
  }
  return text;
}

std::string text_at(const pugi::xml_node& node, std::string_view name) {
  return text_of(child(node, name));
}

/// Whatever a list's members are called, each element in it is one.
template <class Visit>
void each_item(const pugi::xml_node& list, Visit visit) {
  for (const pugi::xml_node& item : list.children()) {
    if (is_element(item)) visit(item);
  }
}

/// EC2 says it beside the interfaces only where there is a primary one.
std::string first_ipv6(const pugi::xml_node& instance) {
  std::string first = text_at(instance, "ipv6Address");
  each_item(child(instance, "networkInterfaceSet"), [&](const pugi::xml_node& interface) {
    if (!first.empty()) return;
    each_item(child(interface, "ipv6AddressesSet"), [&](const pugi::xml_node& address) {
      if (first.empty()) first = text_at(address, "ipv6Address");
    });
  });
  return first;
}

Result<Ec2Instance> read_instance(const pugi::xml_node& node) {
  Ec2Instance instance;
  instance.id = text_at(node, "instanceId");
  instance.state = text_at(child(node, "instanceState"), "name");
  instance.private_v4 = text_at(node, "privateIpAddress");
  instance.public_v4 = text_at(node, "ipAddress");
  instance.zone = text_at(child(node, "placement"), "availabilityZone");
  instance.ipv6 = first_ipv6(node);
  for (const std::string* text : {&instance.id, &instance.state, &instance.private_v4,
                                  &instance.public_v4, &instance.zone, &instance.ipv6}) {
    if (text->size() > kEc2FieldBytesMax) {
      return exhausted("bytes in one field of an instance", kEc2FieldBytesMax);
    }
  }
  std::size_t tags = 0;
  each_item(child(node, "tagSet"), [&](const pugi::xml_node& tag) {
    if (++tags > kEc2InstanceTagsMax) return;
    instance.tags.insert_or_assign(text_at(tag, "key"), text_at(tag, "value"));
  });
  if (tags > kEc2InstanceTagsMax) return exhausted("tags on one instance", kEc2InstanceTagsMax);
  return instance;
}

Result<std::vector<Ec2Instance>> read_instances(const pugi::xml_node& root) {
  std::vector<Ec2Instance> all;
  std::optional<Error> problem;
  each_item(child(root, "reservationSet"), [&](const pugi::xml_node& reservation) {
    if (problem) return;
    each_item(child(reservation, "instancesSet"), [&](const pugi::xml_node& node) {
      if (problem) return;
      Result<Ec2Instance> instance = read_instance(node);
      if (instance && all.size() == kEc2PageInstancesMax) {
        instance = exhausted("instances", kEc2PageInstancesMax);
      }
      if (instance) {
        all.push_back(std::move(*instance));
      } else {
        problem = std::move(instance.error());
      }
    });
  });
  if (problem) return tl::unexpected(std::move(*problem));
  return all;
}

/// Length of the well-formed UTF-8 character at the start of `bytes`; 0 if there is none.
std::size_t character_size(ByteView bytes) {
  const std::uint8_t first = bytes[0];
  if (first < 0x80) return 1;
  const std::size_t size = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  if (first < 0xc2 || first > 0xf4 || bytes.size() < size) return 0;
  std::uint32_t point = first & (0x7fU >> size);
  for (std::size_t i = 1; i < size; ++i) {
    if ((bytes[i] & 0xc0U) != 0x80U) return 0;
    point = (point << 6U) | (bytes[i] & 0x3fU);
  }
  const bool is_overlong = (size == 3 && point < 0x800) || (size == 4 && point < 0x10000);
  return is_overlong || point > 0x10ffff || (point >= 0xd800 && point < 0xe000) ? 0 : size;
}

/// Tags reach logs and JSON, so what is in them has to be text.
bool is_utf8(ByteView bytes) {
  while (!bytes.empty()) {
    const std::size_t size = character_size(bytes);
    if (size == 0) return false;
    bytes = bytes.subspan(size);
  }
  return true;
}

}  // namespace

Query describe_instances_query(const std::vector<Ec2Filter>& filters, std::string_view next_token) {
  Query query{{"Action", "DescribeInstances"}, {"Version", kApiVersion}};
  for (std::size_t i = 0; i < filters.size(); ++i) {
    const std::string prefix = fmt::format("Filter.{}.", i + 1);
    query.emplace_back(prefix + "Name", filters[i].name);
    for (std::size_t j = 0; j < filters[i].values.size(); ++j) {
      query.emplace_back(fmt::format("{}Value.{}", prefix, j + 1), filters[i].values[j]);
    }
  }
  query.emplace_back("MaxResults", std::to_string(kEc2PageInstances));
  if (!next_token.empty()) query.emplace_back("NextToken", std::string{next_token});
  return query;
}

std::string to_form(const Query& query) {
  std::string form;
  for (const auto& [name, value] : query) {
    if (!form.empty()) form += '&';
    form += uri_encode(name) + '=' + uri_encode(value);
  }
  return form;
}

Result<Ec2Page> parse_describe_instances(ByteView body) {
  if (body.size() > kEc2PageBytesMax) return exhausted("bytes", kEc2PageBytesMax);
  // Each takes some hundred bytes of memory once parsed, and can be written in four.
  const auto markup = static_cast<std::size_t>(std::count(body.begin(), body.end(), '<'));
  if (markup > kEc2PageMarkupMax) return exhausted("pieces of markup", kEc2PageMarkupMax);
  if (!is_utf8(body)) return refuse("it is not UTF-8");
  pugi::xml_document document;
  // Blanks are kept, since a tag's value may be nothing else. pugixml skips a DOCTYPE.
  const pugi::xml_parse_result parsed = document.load_buffer(
      body.data(), body.size(), pugi::parse_default | pugi::parse_ws_pcdata, pugi::encoding_utf8);
  if (!parsed) return refuse(fmt::format("{} at byte {}", parsed.description(), parsed.offset));
  const pugi::xml_node root = document.document_element();
  if (local_name(root) != "DescribeInstancesResponse") {
    return refuse("it is no DescribeInstancesResponse; does something between answer for EC2?");
  }
  Result<std::vector<Ec2Instance>> instances = read_instances(root);
  if (!instances) return tl::unexpected(std::move(instances.error()));
  Ec2Page page;
  page.instances = std::move(*instances);
  page.next_token = text_at(root, "nextToken");
  if (page.next_token.size() > kTokenBytesMax) {
    return refuse(fmt::format("its NextToken has more than {} bytes", kTokenBytesMax));
  }
  return page;
}

}  // namespace gossamer::aws
