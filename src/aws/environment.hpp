#pragma once

#include <functional>
#include <optional>
#include <string>

namespace gossamer::aws {

/// One variable of the environment. Tests give a map of their own. **Threads**: the loop thread
/// only, while nobody changes the process's environment.
using Environment = std::function<std::optional<std::string>(const std::string& name)>;

/// The process's own. A variable that is set to nothing is not set, as in the AWS tools.
Environment process_environment();

/// Whether a variable says `true`, in whatever case.
bool is_true(const Environment& environment, const std::string& name);

}  // namespace gossamer::aws
