#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "aws/secret.hpp"
#include "gossamer/result.hpp"

namespace gossamer::aws {

/// All of a file that may hold secrets; nothing if there is no such file. Blocks: for a worker.
/// A file that others may read is read all the same, as the AWS tools do.
/// Errors: io, invalid_argument (not a regular file), permission_denied, resource_exhausted (longer
/// than `bytes_max`). They name the file and nothing of what is in it.
Result<std::optional<Secret>> read_secret_file(const std::string& path, std::size_t bytes_max);

/// The same of a file that must be there and holds one token: blanks around it are dropped.
/// Errors: not_found too, and corrupted if it is empty or has control characters inside.
Result<Secret> read_token_file(const std::string& path);

}  // namespace gossamer::aws
