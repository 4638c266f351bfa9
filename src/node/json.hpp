#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "gossamer/json.hpp"

namespace gossamer::node {

using Json = nlohmann::ordered_json;

/// On one line. Bytes that are not UTF-8 are replaced.
std::string to_line(const Json& json);

Json json_of(const Event& event);
Json json_of(const Member& member);
Json json_of(const NameRecord& record);
Json json_of(const ServiceSpec& spec);
Json json_of(const ServiceStatus& service);
Json json_of(const Error& error);
Json json_of(const Sighting& sighting);

/// Unknown keys are refused by name, so that a misspelt one does not pass for a default.
/// Errors: invalid_argument.
Result<ServiceSpec> spec_of(const Json& json);

}  // namespace gossamer::node
