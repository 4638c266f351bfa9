#pragma once

#include <nlohmann/json.hpp>
#include <vector>

#include "gossamer/fake_cloud.hpp"

namespace gossamer::fakecloud {

nlohmann::json to_json(const FakeInstance& instance);
nlohmann::json to_json(const FakeFault& fault);
/// One object or an array of them. Throw json::exception or std::invalid_argument, naming the
/// field.
std::vector<FakeInstance> instances_of(const nlohmann::json& body);
std::vector<FakeFault> faults_of(const nlohmann::json& body);

}  // namespace gossamer::fakecloud
