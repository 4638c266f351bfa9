#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "fakecloud/control_fields.hpp"
#include "gossamer/fake_cloud.hpp"

namespace gossamer::fakecloud {

nlohmann::json to_json(const FakeInstance& instance);
nlohmann::json to_json(const FakeFault& fault);
/// The field `state`, one of EC2's. Throws std::invalid_argument.
std::string state_in(const ControlFields& fields, const std::string& otherwise);
/// One object or an array of them. Throw std::invalid_argument, naming the field.
std::vector<FakeInstance> instances_of(const nlohmann::json& body);
std::vector<FakeFault> faults_of(const nlohmann::json& body);

}  // namespace gossamer::fakecloud
