#pragma once

#include <cstddef>
#include <memory>
#include <string>

#include "gossamer/ports/discovery.hpp"
#include "ports/workers.hpp"

namespace gossamer {

constexpr std::size_t kSeedFileBytesMax = 1024 * 1024;
constexpr std::size_t kSeedFileSeedsMax = 16384;

/// Reads the file anew whenever it is asked, on a worker: one ADDRESS:PORT a line, `#` for
/// comments.
///
/// Good lines count even if others are bad; `problem()` then names the file and the line. Errors:
/// io, not_found, invalid_argument, resource_exhausted above 1 MiB, each naming the file.
/// **Lifetime**: `workers` outlives it.
std::unique_ptr<Discovery> make_file_discovery(std::string path, Workers& workers);

}  // namespace gossamer
