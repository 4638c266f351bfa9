#pragma once

#include <string>

namespace gossamer::cli {

/// What the environment says, or nothing. Taken out of it, so that no child inherits a secret.
std::string take_from_environment(const char* name);

}  // namespace gossamer::cli
