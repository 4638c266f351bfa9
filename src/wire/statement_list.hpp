#pragma once

#include <vector>

#include "gossamer/bytes.hpp"
#include "gossamer/result.hpp"

namespace gossamer::wire {

/// The statements that stand behind a packet's head, each after its length, up to the end. They are
/// not looked into. Errors: corrupted.
Result<std::vector<SharedBytes>> read_statements(ByteView bytes);

}  // namespace gossamer::wire
