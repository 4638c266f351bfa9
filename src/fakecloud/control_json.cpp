#include "fakecloud/control_json.hpp"

#include <fmt/format.h>

#include <limits>
#include <stdexcept>
#include <string>

#include "fakecloud/control_fields.hpp"
#include "fakecloud/fault_list.hpp"
#include "fakecloud/operation.hpp"

namespace gossamer::fakecloud {
namespace {

using nlohmann::json;

// What a machine or a fault is delayed by; a test lasts for no day.
constexpr std::int64_t kDelayMsMax = 24 * 3'600 * 1'000;

FakeInstance instance_of(const json& body) {
  const ControlFields fields{
      body,
      "an instance",
      {"id", "state", "private_v4", "public_v4", "ipv6", "zone", "vpc", "instance_type", "tags"}};
  FakeInstance instance;
  instance.id = fields.text("id", instance.id);
  // It becomes part of a path.
  if (instance.id.find_first_of("/?#% ") != std::string::npos) {
    throw std::invalid_argument{"'id' has none of / ? # % and blanks in it"};
  }
  instance.state = state_in(fields, instance.state);
  instance.private_v4 = fields.ipv4("private_v4");
  instance.public_v4 = fields.ipv4("public_v4");
  instance.ipv6 = fields.ipv6("ipv6");
  instance.zone = fields.text("zone", instance.zone);
  instance.vpc = fields.text("vpc", instance.vpc);
  instance.instance_type = fields.text("instance_type", instance.instance_type);
  instance.tags = fields.texts("tags");
  return instance;
}

FakeFault fault_of(const json& body) {
  const ControlFields fields{body,
                             "a fault",
                             {"kind", "service", "operation", "key_prefix", "status", "code",
                              "delay_ms", "percent", "times"}};
  FakeFault fault;
  const auto kind = fault_kind_of(fields.text("kind"));
  if (!kind) {
    throw std::invalid_argument{fmt::format("no such kind of fault: '{}'; known are {}",
                                            fields.text("kind"), fault_kinds())};
  }
  fault.kind = *kind;
  fault.service = fields.one_of("service", {"", "s3", "ec2", "sts", "imds", "container"}, "");
  fault.operation = fields.text("operation", fault.operation);
  if (!fault.operation.empty() && !is_operation_name(fault.operation)) {
    throw std::invalid_argument{
        fmt::format("no such operation: '{}'; they are named as in the counters: PutObject, "
                    "DescribeInstances, GetMetadata",
                    fault.operation)};
  }
  fault.key_prefix = fields.text("key_prefix", fault.key_prefix);
  fault.status = static_cast<int>(fields.number("status", 200, 599, fault.status));
  fault.code = fields.text("code", fault.code);
  fault.delay = std::chrono::milliseconds{fields.number("delay_ms", 0, kDelayMsMax, 0)};
  fault.percent = static_cast<std::uint32_t>(fields.number("percent", 0, 100, fault.percent));
  fault.times = static_cast<std::uint64_t>(
      fields.number("times", 0, std::numeric_limits<std::int64_t>::max(), 0));
  return fault;
}

/// One object, or an array of them.
template <class One>
std::vector<One> all_of(const json& body, const char* what, One (*of)(const json&)) {
  if (!body.is_object() && !body.is_array()) {
    throw std::invalid_argument{
        fmt::format("the body is {}, or an array of them, not {}", what, body.type_name())};
  }
  if (body.is_object()) return {of(body)};
  std::vector<One> all;
  for (const json& one : body) all.push_back(of(one));
  return all;
}

}  // namespace

json to_json(const FakeInstance& instance) {
  return {{"id", instance.id},
          {"state", instance.state},
          {"private_v4", instance.private_v4},
          {"public_v4", instance.public_v4},
          {"ipv6", instance.ipv6},
          {"zone", instance.zone},
          {"vpc", instance.vpc},
          {"instance_type", instance.instance_type},
          {"tags", instance.tags}};
}

json to_json(const FakeFault& fault) {
  return {
      {"kind", to_string(fault.kind)},   {"service", fault.service}, {"operation", fault.operation},
      {"key_prefix", fault.key_prefix},  {"status", fault.status},   {"code", fault.code},
      {"delay_ms", fault.delay.count()}, {"percent", fault.percent}, {"times", fault.times}};
}

std::string state_in(const ControlFields& fields, const std::string& otherwise) {
  return fields.one_of("state",
                       {"pending", "running", "shutting-down", "terminated", "stopping", "stopped"},
                       otherwise);
}

std::vector<FakeInstance> instances_of(const json& body) {
  return all_of(body, "an instance", &instance_of);
}

std::vector<FakeFault> faults_of(const json& body) {
  return all_of(body, "a fault", &fault_of);
}

}  // namespace gossamer::fakecloud
