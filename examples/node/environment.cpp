#include "environment.hpp"

#include <cstdlib>

namespace gossamer::cli {

std::string take_from_environment(const char* name) {
  const char* given = std::getenv(name);
  if (given == nullptr) return {};
  std::string text{given};
  unsetenv(name);
  return text;
}

}  // namespace gossamer::cli
