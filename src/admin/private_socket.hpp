#pragma once

#include <string>

#include "gossamer/result.hpp"
#include "transport/file_descriptor.hpp"

namespace gossamer::admin {

/// A listening Unix socket with mode 0600 from its first moment on. Replaces one that nobody serves
/// any more. Errors: invalid_argument (path too long), already_exists (somebody serves there, or
/// something else lies there), io.
Result<FileDescriptor> listen_privately(const std::string& path);

}  // namespace gossamer::admin
