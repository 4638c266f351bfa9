#pragma once

#include <memory>
#include <string_view>

#include "gossamer/ports/discovery.hpp"
#include "gossamer/result.hpp"
#include "ports/workers.hpp"

namespace gossamer {

/// Makes what `--discover` names: `static:HOST:PORT,HOST:PORT..` (numeric hosts or localhost) or
/// `file:PATH`.
///
/// Errors: invalid_argument, saying what was wrong, or which schemes there are.
/// **Lifetime**: `workers` outlives the answer.
Result<std::unique_ptr<Discovery>> make_discovery(std::string_view url, Workers& workers);

}  // namespace gossamer
