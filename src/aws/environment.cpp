#include "aws/environment.hpp"

#include <strings.h>

#include <cstdlib>

namespace gossamer::aws {

Environment process_environment() {
  return [](const std::string& name) -> std::optional<std::string> {
    const char* value = std::getenv(name.c_str());
    if (value == nullptr || *value == '\0') return std::nullopt;
    return std::string{value};
  };
}

bool is_true(const Environment& environment, const std::string& name) {
  const std::optional<std::string> value = environment(name);
  return value && strcasecmp(value->c_str(), "true") == 0;
}

}  // namespace gossamer::aws
