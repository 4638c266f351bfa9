#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "gossamer/bytes.hpp"

namespace gossamer::aws {

/// A JSON object from a service; nothing if the bytes are none. Never throws.
inline std::optional<nlohmann::json> parse_json_object(ByteView bytes) {
  nlohmann::json parsed =
      nlohmann::json::parse(bytes.begin(), bytes.end(), nullptr, /*allow_exceptions=*/false);
  if (!parsed.is_object()) return std::nullopt;
  return parsed;
}

/// The text under `key`; empty if there is none, or something else.
inline std::string text_at(const nlohmann::json& object, const char* key) {
  const auto found = object.find(key);
  if (found == object.end() || !found->is_string()) return {};
  return found->get_ref<const std::string&>();
}

}  // namespace gossamer::aws
