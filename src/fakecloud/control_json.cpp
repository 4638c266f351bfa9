#include "fakecloud/control_json.hpp"

#include <algorithm>
#include <initializer_list>
#include <stdexcept>
#include <string>

#include "fakecloud/fault_list.hpp"

namespace gossamer::fakecloud {
namespace {

using nlohmann::json;

/// A field that is misspelt would be a fault that never strikes.
void check_fields(const json& body, std::initializer_list<const char*> known) {
  for (const auto& [name, value] : body.items()) {
    if (std::find(known.begin(), known.end(), name) == known.end()) {
      throw std::invalid_argument{"no such field: " + name};
    }
  }
}

FakeInstance instance_of(const json& body) {
  check_fields(body, {"id", "state", "private_v4", "public_v4", "ipv6", "zone", "vpc",
                      "instance_type", "tags"});
  FakeInstance instance;
  instance.id = body.value("id", instance.id);
  instance.state = body.value("state", instance.state);
  instance.private_v4 = body.value("private_v4", instance.private_v4);
  instance.public_v4 = body.value("public_v4", instance.public_v4);
  instance.ipv6 = body.value("ipv6", instance.ipv6);
  instance.zone = body.value("zone", instance.zone);
  instance.vpc = body.value("vpc", instance.vpc);
  instance.instance_type = body.value("instance_type", instance.instance_type);
  instance.tags = body.value("tags", instance.tags);
  return instance;
}

FakeFault fault_of(const json& body) {
  check_fields(body, {"kind", "service", "operation", "key_prefix", "status", "code", "delay_ms",
                      "percent", "times"});
  FakeFault fault;
  const auto kind = fault_kind_of(body.at("kind").get<std::string>());
  if (!kind) throw std::invalid_argument{"no such kind of fault: " + body.at("kind").dump()};
  fault.kind = *kind;
  fault.service = body.value("service", fault.service);
  fault.operation = body.value("operation", fault.operation);
  fault.key_prefix = body.value("key_prefix", fault.key_prefix);
  fault.status = body.value("status", fault.status);
  fault.code = body.value("code", fault.code);
  fault.delay = std::chrono::milliseconds{body.value("delay_ms", std::int64_t{0})};
  fault.percent = body.value("percent", fault.percent);
  fault.times = body.value("times", fault.times);
  if (fault.status < 200 || fault.status > 599) throw std::invalid_argument{"status is 200 to 599"};
  return fault;
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

std::vector<FakeInstance> instances_of(const json& body) {
  std::vector<FakeInstance> instances;
  if (body.is_object()) return {instance_of(body)};
  for (const json& one : body) instances.push_back(instance_of(one));
  return instances;
}

std::vector<FakeFault> faults_of(const json& body) {
  std::vector<FakeFault> faults;
  if (body.is_object() && body.contains("kind")) return {fault_of(body)};
  if (body.is_array()) {
    for (const json& one : body) faults.push_back(fault_of(one));
  }
  return faults;
}

}  // namespace gossamer::fakecloud
